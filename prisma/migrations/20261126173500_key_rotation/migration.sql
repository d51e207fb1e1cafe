-- Keys are changed while everything runs: a data key that was replaced opens until nothing is sealed with it, a master key until nothing is under it.

CREATE INDEX data_key_retired_idx ON data_key (retired_at) WHERE retired_at IS NOT NULL;
CREATE INDEX data_key_master_key_id_idx ON data_key (master_key_id);
CREATE INDEX trigger_event_data_key_id_idx ON trigger_event (data_key_id, id) WHERE data_key_id IS NOT NULL;
CREATE INDEX trigger_subscription_data_key_id_idx ON trigger_subscription (data_key_id, id);

CREATE TABLE retired_master_key (
  id TEXT NOT NULL,
  retired_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT retired_master_key_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE retired_master_key IS 'owner only';

-- Retiring takes the same lock alone: it waits for whoever seals under a key right now, and is seen by whoever comes after it.
CREATE FUNCTION refuse_retired_master_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(72707390);
  IF EXISTS (SELECT FROM retired_master_key WHERE id = NEW.master_key_id) THEN
    RAISE EXCEPTION 'the master key % was retired: start this process with the present one', NEW.master_key_id USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'master_key_in_use';
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['data_key', 'totp_factor', 'sso_connection'] LOOP
    EXECUTE format('CREATE TRIGGER master_key_in_use AFTER INSERT OR UPDATE OF master_key_id ON %I FOR EACH ROW WHEN (NEW.master_key_id IS NOT NULL) EXECUTE FUNCTION refuse_retired_master_key()', table_name);
  END LOOP;
END $$;

SELECT grant_millrace_roles();
