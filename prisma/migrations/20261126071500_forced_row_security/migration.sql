-- Row-level security holds for the owner of the tables too. What the owner does for no workspace (sign-in, sweeps, migrations,
-- backups) has a policy of its own; as soon as a transaction names a workspace, it sees that workspace only, whatever its role.
-- A table that only the owner may read carries the comment `owner only`, one that workers may not read `not for workers`.

COMMENT ON TABLE session IS 'owner only';
COMMENT ON TABLE sign_in_link IS 'owner only';
COMMENT ON TABLE rate_limit IS 'owner only';
COMMENT ON TABLE audit_chain IS 'owner only';
COMMENT ON TABLE api_token IS 'not for workers';

DO $$
BEGIN
  REVOKE ALL ON api_token FROM millrace_worker;
  DROP POLICY IF EXISTS worker ON api_token;
EXCEPTION
  WHEN undefined_object THEN NULL;
END $$;

-- What each role may do with one table.
CREATE FUNCTION grant_millrace_table(table_name text, note text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rights text;
  role_name text;
BEGIN
  IF note LIKE 'owner only%' THEN RETURN; END IF;
  FOREACH role_name IN ARRAY ARRAY['millrace_app', 'millrace_worker'] LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name);
    CONTINUE WHEN role_name = 'millrace_worker' AND note LIKE 'not for workers%';
    rights := CASE
      WHEN table_name = 'user_account' THEN 'SELECT (id, email, name, created_at, last_seen_at, disabled_at)'
      WHEN table_name = 'audit_event' THEN 'SELECT, INSERT'
      WHEN role_name = 'millrace_app' AND table_name IN ('organization', 'pool', 'worker') THEN 'SELECT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE'
    END;
    EXECUTE format('GRANT %s ON %I TO %I', rights, table_name, role_name);
    IF role_name = 'millrace_worker' AND (SELECT relrowsecurity FROM pg_class WHERE oid = format('%I', table_name)::regclass) THEN
      EXECUTE format('DROP POLICY IF EXISTS worker ON %I', table_name);
      IF table_name = 'user_account' THEN
        EXECUTE format('CREATE POLICY worker ON %I FOR SELECT TO millrace_worker USING (true)', table_name);
      ELSE
        EXECUTE format('CREATE POLICY worker ON %I TO millrace_worker USING (true) WITH CHECK (true)', table_name);
      END IF;
    END IF;
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
END $$;

SELECT grant_millrace_roles();
