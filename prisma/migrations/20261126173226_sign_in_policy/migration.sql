-- Which ways of signing in an organization allows; streams that are open hear when it asks for more.

ALTER TABLE "organization" ADD COLUMN "sign_in_methods" TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE "organization" ADD CONSTRAINT "organization_sign_in_methods_known" CHECK ("sign_in_methods" <@ ARRAY['password', 'link', 'passkey', 'github', 'google']);

-- To everybody: what one organization asks for holds for a person in all of them.
CREATE FUNCTION tell_sign_in_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('millrace_access', '*');
  RETURN NULL;
END $$;
CREATE TRIGGER access_changed AFTER UPDATE OF second_factor_required, sso_required, sign_in_methods, session_idle_minutes, session_max_minutes, deleted_at ON organization
  FOR EACH ROW EXECUTE FUNCTION tell_sign_in_changed();
CREATE TRIGGER access_changed AFTER UPDATE OF verified_at OR DELETE ON sso_domain FOR EACH ROW EXECUTE FUNCTION tell_sign_in_changed();
