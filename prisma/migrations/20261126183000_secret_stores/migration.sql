-- Secrets may lie elsewhere: in Vault, AWS Secrets Manager, Google Secret Manager, Azure Key Vault. Here is how they are reached.

CREATE TABLE secret_store (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  config JSON NOT NULL,
  sealed BYTEA NOT NULL,
  data_key_id UUID NOT NULL,
  cache_seconds INTEGER NOT NULL DEFAULT 60,
  revision INTEGER NOT NULL DEFAULT 1,
  updated_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT secret_store_pkey PRIMARY KEY (id),
  CONSTRAINT secret_store_name_check CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 100),
  CONSTRAINT secret_store_kind_check CHECK (kind IN ('vault', 'aws', 'gcp', 'azure')),
  CONSTRAINT secret_store_cache_check CHECK (cache_seconds BETWEEN 0 AND 3600),
  CONSTRAINT secret_store_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT secret_store_data_key_id_workspace_id_fkey FOREIGN KEY (data_key_id, workspace_id) REFERENCES data_key(id, workspace_id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX secret_store_id_workspace_id_key ON secret_store (id, workspace_id);
CREATE UNIQUE INDEX secret_store_name_key ON secret_store (workspace_id, lower(name));
CREATE INDEX secret_store_data_key_id_workspace_id_idx ON secret_store (data_key_id, workspace_id);
ALTER TABLE secret_store ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON secret_store USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
SELECT hold_table_to_grants('secret_store', 'false');

ALTER TABLE secret ALTER COLUMN sealed DROP NOT NULL, ALTER COLUMN data_key_id DROP NOT NULL,
  ADD COLUMN store_id UUID, ADD COLUMN store_ref TEXT,
  ADD CONSTRAINT secret_kept_check CHECK ((sealed IS NULL) = (data_key_id IS NULL) AND (store_id IS NULL) = (store_ref IS NULL) AND (sealed IS NULL) <> (store_id IS NULL)),
  ADD CONSTRAINT secret_store_id_workspace_id_fkey FOREIGN KEY (store_id, workspace_id) REFERENCES secret_store(id, workspace_id) ON DELETE NO ACTION ON UPDATE NO ACTION;
CREATE INDEX secret_store_id_workspace_id_idx ON secret (store_id, workspace_id);

SELECT grant_millrace_roles();
