-- Requests that are held to parts of a workspace become a role of their own, which the policies `granted` are for: to plan a statement of anybody else
-- no longer means to plan them too (it was a third of the time of a run's page). docs/decisions/0017

-- Members of a workspace are members of its organization, whom the policy `organization` shows.
DROP POLICY member ON user_account;

-- The role for parts is never whole: without `app.granted` it sees nothing.
CREATE OR REPLACE FUNCTION is_access_whole() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_user NOT IN ('millrace_app', 'millrace_parts') OR current_user = 'millrace_app' AND coalesce(current_setting('app.granted', true), '') = '';

-- What holds people to parts can be made again: a restore by other tools leaves policies out whose role it does not find.
CREATE TABLE granted_policy (
  table_name TEXT PRIMARY KEY,
  using_text TEXT NOT NULL,
  check_text TEXT
);
COMMENT ON TABLE granted_policy IS 'owner only';

CREATE FUNCTION keep_granted_policies() RETURNS void LANGUAGE sql AS $$
  INSERT INTO granted_policy SELECT tablename, qual, with_check FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'granted'
  ON CONFLICT (table_name) DO UPDATE SET using_text = excluded.using_text, check_text = excluded.check_text
$$;
SELECT keep_granted_policies();

CREATE FUNCTION tables_without(policy text) RETURNS SETOF granted_policy LANGUAGE sql STABLE AS $$
  SELECT g FROM granted_policy g WHERE NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = g.table_name AND p.policyname = policy)
$$;

CREATE FUNCTION make_granted_policies() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  lost granted_policy;
BEGIN
  FOR lost IN SELECT * FROM tables_without('granted') LOOP
    EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING (%s)%s', lost.table_name, lost.using_text, CASE WHEN lost.check_text IS NOT NULL THEN format(' WITH CHECK (%s)', lost.check_text) END);
  END LOOP;
END $$;

-- An error that means "not now", instead of an answer that means "not theirs": processes of the version before name parts in the role of the whole workspace until they are restarted.
CREATE FUNCTION refuse_parts_in_whole_role() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RAISE EXCEPTION 'parts of a workspace are named, and the role for parts was not taken' USING ERRCODE = 'cannot_connect_now';
END $$;

-- What is held to grants is for millrace_app as long as no parts are named. Not in `current_workspace_id`, which stands in the plans of workers too.
CREATE FUNCTION refuse_named_parts() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  open granted_policy;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_app') THEN RETURN; END IF;
  FOR open IN SELECT * FROM tables_without('whole') LOOP
    EXECUTE format($policy$CREATE POLICY whole ON %I AS RESTRICTIVE TO millrace_app
      USING (CASE WHEN current_user <> 'millrace_app' OR coalesce(current_setting('app.granted', true), '') = '' THEN true ELSE refuse_parts_in_whole_role() END)$policy$, open.table_name);
  END LOOP;
END $$;

-- A member of millrace_app: has its rights and is held by its policies, and by those for parts besides.
CREATE FUNCTION grant_millrace_parts() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  held granted_policy;
  target text := 'PUBLIC';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_app') THEN
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_parts') THEN CREATE ROLE millrace_parts NOLOGIN; END IF;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
      WHEN insufficient_privilege THEN RAISE NOTICE 'The role millrace_parts is missing and may not be created: access to parts of a workspace is refused.';
    END;
    BEGIN
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_parts') AND NOT pg_has_role('millrace_parts', 'millrace_app', 'USAGE') THEN GRANT millrace_app TO millrace_parts; END IF;
    EXCEPTION
      WHEN unique_violation THEN NULL;
      WHEN insufficient_privilege THEN RAISE NOTICE 'This role may not put millrace_parts into millrace_app.';
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_parts') THEN
    target := 'millrace_parts';
    BEGIN
      GRANT millrace_parts TO current_user;
    EXCEPTION
      WHEN unique_violation THEN NULL;
      WHEN insufficient_privilege THEN RAISE NOTICE 'This role may not join millrace_parts.';
    END;
  END IF;
  FOR held IN SELECT * FROM granted_policy LOOP
    EXECUTE format('ALTER POLICY granted ON %I TO %s', held.table_name, target);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION hold_table_to_grants(table_name text, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING ((SELECT is_access_whole()) OR (%s))', table_name, condition);
  PERFORM keep_granted_policies(), refuse_named_parts(), grant_millrace_parts();
END $$;

-- Whether this database holds who becomes millrace_parts to what is granted, and to all that holds millrace_app.
CREATE FUNCTION parts_are_held() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT coalesce((SELECT pg_has_role(oid, 'millrace_app', 'USAGE') FROM pg_roles WHERE rolname = 'millrace_parts'), false)
    AND NOT EXISTS (
      SELECT FROM granted_policy g WHERE NOT EXISTS (
        SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = g.table_name AND p.policyname = 'granted' AND p.roles && ARRAY['millrace_parts', 'public']::name[]))
$$;

-- What migrations and operators call does this besides.
ALTER FUNCTION grant_millrace_roles() RENAME TO grant_millrace_tables;
CREATE FUNCTION grant_millrace_roles() RETURNS void LANGUAGE sql AS $$
  SELECT grant_millrace_tables(), make_granted_policies(), refuse_named_parts(), grant_millrace_parts();
  SELECT NULL::void
$$;
SELECT grant_millrace_roles();
