-- Runs act for somebody: whom the version or trigger names, bound by whoever published or set it, else whoever started the run.

ALTER TABLE workflow_version ADD COLUMN run_as JSONB, ADD COLUMN publisher_rights JSONB;
ALTER TABLE trigger ADD COLUMN acts_as JSONB;
-- It was never written: the version says it.
ALTER TABLE workflow DROP COLUMN run_as;

-- What a run was allowed when it was made stays what it was.
CREATE FUNCTION refuse_other_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.identity::text IS DISTINCT FROM OLD.identity::text OR NEW.run_as IS DISTINCT FROM OLD.run_as THEN
    RAISE EXCEPTION 'the identity of a run never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER identity_stays BEFORE UPDATE OF identity, run_as ON run FOR EACH ROW EXECUTE FUNCTION refuse_other_identity();

-- Whoever may start runs lets them use secrets, as before.
UPDATE custom_role SET permissions = permissions || '{secret:use}' WHERE 'run:start' = ANY (permissions) AND NOT 'secret:use' = ANY (permissions);

-- Noted in the statement that makes the run, in which the run itself cannot be seen yet: whoever has access to parts of a workspace
-- could start nothing.
ALTER POLICY granted ON run_change WITH CHECK (true);

SELECT grant_millrace_roles();
