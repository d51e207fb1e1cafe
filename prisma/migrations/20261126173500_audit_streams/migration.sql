-- Audit events are streamed to where nobody here can reach them, and go after a time. Each chain keeps the hash that what is left
-- is sealed upon, so that it can still be verified.

ALTER TABLE audit_chain
  ADD COLUMN start_seq BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN start_hash BYTEA NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  ADD COLUMN keep_days INTEGER,
  ADD CONSTRAINT audit_chain_start_check CHECK (start_seq BETWEEN 0 AND seq),
  ADD CONSTRAINT audit_chain_keep_check CHECK (keep_days BETWEEN 30 AND 36500);

CREATE TABLE audit_stream (
  id UUID NOT NULL,
  organization_id UUID,
  kind TEXT NOT NULL,
  config JSON NOT NULL,
  sealed BYTEA,
  master_key_id TEXT,
  enabled BOOLEAN NOT NULL DEFAULT true,
  delivered_seq BIGINT NOT NULL DEFAULT 0,
  delivered_at TIMESTAMPTZ(3),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  lease_epoch INTEGER NOT NULL DEFAULT 0,
  lease_until TIMESTAMPTZ(3),
  error TEXT,
  failing_since TIMESTAMPTZ(3),
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT audit_stream_pkey PRIMARY KEY (id),
  CONSTRAINT audit_stream_kind_check CHECK (kind IN ('webhook', 'syslog')),
  CONSTRAINT audit_stream_sealed_check CHECK ((sealed IS NULL) = (master_key_id IS NULL)),
  CONSTRAINT audit_stream_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX audit_stream_chain_key ON audit_stream (organization_id) NULLS NOT DISTINCT;

-- Requests of organizations and workspaces never come here: there is no policy for them.
ALTER TABLE audit_stream ENABLE ROW LEVEL SECURITY;

SELECT grant_millrace_roles();
