-- What holds people to parts of a workspace can be made again: a restore by other tools leaves policies out whose role it does not find.
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

CREATE OR REPLACE FUNCTION hold_table_to_grants(table_name text, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING ((SELECT is_access_whole()) OR (%s))', table_name, condition);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_parts') THEN
    EXECUTE format('ALTER POLICY granted ON %I TO millrace_parts', table_name);
  END IF;
  PERFORM keep_granted_policies();
  PERFORM refuse_named_parts();
END $$;

-- Whether this database holds who becomes millrace_parts to what is granted, and to all that holds millrace_app.
CREATE FUNCTION parts_are_held() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT coalesce((SELECT pg_has_role(oid, 'millrace_app', 'USAGE') FROM pg_roles WHERE rolname = 'millrace_parts'), false)
    AND NOT EXISTS (
      SELECT FROM granted_policy g WHERE NOT EXISTS (
        SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = g.table_name AND p.policyname = 'granted' AND p.roles && ARRAY['millrace_parts', 'public']::name[]))
$$;

CREATE FUNCTION make_granted_policies() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  lost record;
BEGIN
  FOR lost IN SELECT * FROM granted_policy g WHERE NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = g.table_name AND p.policyname = 'granted') LOOP
    EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING (%s)%s', lost.table_name, lost.using_text, CASE WHEN lost.check_text IS NOT NULL THEN format(' WITH CHECK (%s)', lost.check_text) END);
  END LOOP;
END $$;

-- An error that means "not now", instead of an answer that means "not theirs": processes of the version before name parts in the role of the whole workspace until they are restarted.
CREATE FUNCTION refuse_parts_in_whole_role() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RAISE EXCEPTION 'parts of a workspace are named, and the role for parts was not taken' USING ERRCODE = 'cannot_connect_now';
END $$;

-- Not in `current_workspace_id`, which stands in every plan of everybody: there it cost a worker a quarter of its runs per second.
CREATE OR REPLACE FUNCTION current_workspace_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.workspace_id', true), '')::uuid;

-- What is held to grants is for millrace_app as long as no parts are named.
CREATE FUNCTION refuse_named_parts() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  open_table text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_app') THEN RETURN; END IF;
  FOR open_table IN SELECT g.table_name FROM granted_policy g WHERE NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = g.table_name AND p.policyname = 'whole') LOOP
    EXECUTE format($policy$CREATE POLICY whole ON %I AS RESTRICTIVE TO millrace_app
      USING (CASE WHEN current_user <> 'millrace_app' OR coalesce(current_setting('app.granted', true), '') = '' THEN true ELSE refuse_parts_in_whole_role() END)$policy$, open_table);
  END LOOP;
END $$;

-- Makes the roles where the migrating role may, and gives them what they need. Run it again (as the owner) after
-- creating them by hand or after the tables got another owner. Migrations that add tables call it at their end.
CREATE OR REPLACE FUNCTION grant_millrace_roles() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  role_name text;
  target record;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['millrace_app', 'millrace_worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE NOTICE 'The role % is missing and may not be created: one role does everything.', role_name;
          CONTINUE;
      END;
    END IF;
    BEGIN
      EXECUTE format('GRANT %I TO current_user', role_name);
    EXCEPTION
      WHEN insufficient_privilege THEN RAISE NOTICE 'This role may not join %.', role_name;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role_name);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), role_name);
  END LOOP;
  FOR target IN
    SELECT c.oid, c.relname, c.relrowsecurity, coalesce(obj_description(c.oid, 'pg_class'), '') AS note FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
  LOOP
    PERFORM grant_millrace_table(target.relname, target.note);
    CONTINUE WHEN NOT target.relrowsecurity;
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target.relname);
    EXECUTE format('DROP POLICY IF EXISTS owner ON %I', target.relname);
    EXECUTE format(
      'CREATE POLICY owner ON %I TO %I USING (current_workspace_id() IS NULL) WITH CHECK (current_workspace_id() IS NULL)',
      target.relname, current_user);
  END LOOP;
  PERFORM make_granted_policies();
  PERFORM refuse_named_parts();
  PERFORM grant_millrace_parts();
END $$;

SELECT grant_millrace_roles();
