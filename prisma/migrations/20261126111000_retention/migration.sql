-- Retention: whose turn it is in which workspace, and what was removed.
CREATE TABLE "retention_state" (
    "workspace_id" UUID NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "marks" JSONB NOT NULL DEFAULT '{}',
    "error" TEXT,

    CONSTRAINT "retention_state_pkey" PRIMARY KEY ("workspace_id")
);
ALTER TABLE "retention_state" ADD CONSTRAINT "retention_state_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "retention_removal" (
    "workspace_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "workflow_id" UUID NOT NULL,
    "runs" BIGINT NOT NULL DEFAULT 0,
    "logs" BIGINT NOT NULL DEFAULT 0,
    "events" BIGINT NOT NULL DEFAULT 0,
    "blobs" BIGINT NOT NULL DEFAULT 0,
    "blob_bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "retention_removal_pkey" PRIMARY KEY ("workspace_id", "day", "workflow_id")
);
ALTER TABLE "retention_removal" ADD CONSTRAINT "retention_removal_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['retention_state', 'retention_removal'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', tenant_table);
  END LOOP;
END $$;

-- What a run that goes has left in the cache goes too.
CREATE INDEX "step_cache_run_id_idx" ON "step_cache"("run_id");

SELECT grant_millrace_roles();
