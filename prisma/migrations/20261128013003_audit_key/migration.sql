-- The ends of each chain of the audit log, and how far all of them go, are signed with a key that lies under the master key: whoever has the database alone cannot write another chain.
-- The first sealer that knows of it makes the key, and signs the ends that there are.
CREATE TABLE "audit_key" (
    "id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "master_key_id" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "mark" BYTEA NOT NULL,

    CONSTRAINT "audit_key_pkey" PRIMARY KEY ("id")
);
COMMENT ON TABLE audit_key IS 'owner only';
CREATE UNIQUE INDEX audit_key_one_idx ON audit_key ((true));
CREATE TRIGGER master_key_in_use AFTER INSERT OR UPDATE OF master_key_id ON audit_key FOR EACH ROW WHEN (NEW.master_key_id IS NOT NULL) EXECUTE FUNCTION refuse_retired_master_key();

ALTER TABLE audit_chain ADD COLUMN mark BYTEA;

-- A process of the version before would leave an end or a beginning behind that nobody signed: until its process is restarted, those that know the key seal and remove.
CREATE FUNCTION refuse_unsigned_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM audit_key) THEN
    RAISE EXCEPTION 'the end of the audit chain % is not signed: restart the process that seals or removes', NEW.id USING ERRCODE = 'cannot_connect_now';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_at_first BEFORE INSERT ON audit_chain FOR EACH ROW WHEN (NEW.seq > 0 AND NEW.mark IS NULL) EXECUTE FUNCTION refuse_unsigned_end();
CREATE TRIGGER signed_anew BEFORE UPDATE ON audit_chain FOR EACH ROW WHEN ((NEW.seq <> OLD.seq OR NEW.start_seq <> OLD.start_seq) AND NEW.mark IS NOT DISTINCT FROM OLD.mark) EXECUTE FUNCTION refuse_unsigned_end();

SELECT grant_millrace_roles();
