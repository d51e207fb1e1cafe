-- Requests that are held to parts of a workspace become a role of their own, which the policies `granted` are for: to plan a statement of anybody else
-- no longer means to plan them too (it was a third of the time of a run's page).

-- Whoever names parts and has not become that role gets nothing, instead of everything.
CREATE OR REPLACE FUNCTION current_workspace_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN current_user <> 'millrace_app' OR coalesce(current_setting('app.granted', true), '') = '' THEN nullif(current_setting('app.workspace_id', true), '')::uuid END;

-- The role for parts is never whole: without `app.granted` it sees nothing.
CREATE OR REPLACE FUNCTION is_access_whole() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_user NOT IN ('millrace_app', 'millrace_parts') OR current_user = 'millrace_app' AND coalesce(current_setting('app.granted', true), '') = '';

CREATE OR REPLACE FUNCTION hold_table_to_grants(table_name text, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING ((SELECT is_access_whole()) OR (%s))', table_name, condition);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_parts') THEN
    EXECUTE format('ALTER POLICY granted ON %I TO millrace_parts', table_name);
  END IF;
END $$;

-- A member of millrace_app: has its rights and is held by its policies, and by those for parts besides.
CREATE FUNCTION grant_millrace_parts() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  table_name text;
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
  FOR table_name IN SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'granted' LOOP
    EXECUTE format('ALTER POLICY granted ON %I TO %s', table_name, target);
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
  PERFORM grant_millrace_parts();
END $$;

SELECT grant_millrace_roles();

-- Members of a workspace are members of its organization, whom the policy `organization` shows.
DROP POLICY member ON user_account;
