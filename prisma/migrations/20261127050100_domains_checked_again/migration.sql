-- Whoever gives a domain up, or sells it, does not say so: its record is looked for again.
ALTER TABLE "sso_domain" ADD COLUMN "checked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD COLUMN "missing_since" TIMESTAMPTZ(3);
CREATE INDEX "sso_domain_check_idx" ON "sso_domain" ("checked_at") WHERE "verified_at" IS NOT NULL;

-- How people and programs sign in is nothing that a worker reads or writes; what was granted before goes too.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['sso_connection', 'sso_domain', 'scim_token', 'scim_user', 'oauth_client', 'oauth_client_secret', 'trusted_issuer', 'share_link'] LOOP
    EXECUTE format('COMMENT ON TABLE %I IS %L', name, 'not for workers');
    EXECUTE format('DROP POLICY IF EXISTS worker ON %I', name);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_worker') THEN
      EXECUTE format('REVOKE ALL ON TABLE %I FROM millrace_worker', name);
    END IF;
  END LOOP;
END $$;

SELECT grant_millrace_roles();
