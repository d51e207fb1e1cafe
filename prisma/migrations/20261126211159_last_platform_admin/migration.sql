-- The installation keeps an administrator who can sign in, whichever way one goes: taken back, disabled (here or by SCIM), deleted.
-- Looked at when the transaction ends, one at a time. Whoever has none, such as a new installation, may stay so.
CREATE FUNCTION keep_a_platform_admin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707393);
  IF NOT EXISTS (SELECT FROM platform_admin p JOIN user_account u ON u.id = p.user_id WHERE u.disabled_at IS NULL) THEN
    RAISE EXCEPTION 'the installation keeps at least one administrator' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'installation_keeps_an_admin';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER installation_keeps_an_admin AFTER UPDATE OR DELETE ON platform_admin DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION keep_a_platform_admin();

CREATE FUNCTION disabled_person_leaves_an_admin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM platform_admin WHERE user_id = NEW.id) THEN
    PERFORM pg_advisory_xact_lock(72707393);
    IF NOT EXISTS (SELECT FROM platform_admin p JOIN user_account u ON u.id = p.user_id WHERE u.disabled_at IS NULL) THEN
      RAISE EXCEPTION 'the installation keeps at least one administrator' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'installation_keeps_an_admin';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER installation_keeps_an_admin AFTER UPDATE OF disabled_at ON user_account DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION disabled_person_leaves_an_admin();

SELECT grant_millrace_roles();
