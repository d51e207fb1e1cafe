-- Only requests are held to parts of a workspace (`is_access_whole`): a policy for their role alone costs the statements of workers no plan of their own.
CREATE OR REPLACE FUNCTION hold_table_to_grants(table_name text, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING ((SELECT is_access_whole()) OR (%s))', table_name, condition);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_app') THEN
    EXECUTE format('ALTER POLICY granted ON %I TO millrace_app', table_name);
  END IF;
END $$;

DO $$
DECLARE
  table_name text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_app') THEN RETURN; END IF;
  FOR table_name IN SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'granted' LOOP
    EXECUTE format('ALTER POLICY granted ON %I TO millrace_app', table_name);
  END LOOP;
END $$;
