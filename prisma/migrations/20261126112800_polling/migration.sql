-- Items that a poller has seen, by the hash of their key.
CREATE TABLE "trigger_seen" (
    "trigger_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "key" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trigger_seen_pkey" PRIMARY KEY ("trigger_id", "key"),
    CONSTRAINT trigger_seen_key_check CHECK (octet_length(key) = 32)
);
ALTER TABLE "trigger_seen" ADD CONSTRAINT "trigger_seen_trigger_id_workspace_id_fkey" FOREIGN KEY ("trigger_id", "workspace_id") REFERENCES "trigger"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE trigger_seen ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trigger_seen USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

-- Pollers whose run goes on.
CREATE INDEX trigger_polling_idx ON trigger (id) WHERE kind = 'poll' AND checkpoint ->> 'run' IS NOT NULL;

SELECT grant_millrace_roles();
