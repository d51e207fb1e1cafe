-- Many runs that one call started.
CREATE TABLE "run_batch" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "workflow_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "run_batch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "run_batch_name_check" CHECK (length(name) BETWEEN 1 AND 500),
    CONSTRAINT "run_batch_total_check" CHECK (total >= 0 AND skipped >= 0)
);
CREATE UNIQUE INDEX "run_batch_id_workspace_id_key" ON "run_batch"("id", "workspace_id");
CREATE UNIQUE INDEX "run_batch_workspace_id_name_key" ON "run_batch"("workspace_id", "name");
CREATE INDEX "run_batch_workspace_id_created_at_id_idx" ON "run_batch"("workspace_id", "created_at" DESC, "id" DESC);
ALTER TABLE "run_batch" ADD CONSTRAINT "run_batch_workflow_id_workspace_id_fkey" FOREIGN KEY ("workflow_id", "workspace_id") REFERENCES "workflow"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE run_batch ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_batch USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

ALTER TABLE run ADD COLUMN batch_id UUID;
CREATE INDEX run_batch_id_idx ON run (batch_id) WHERE batch_id IS NOT NULL;

SELECT grant_millrace_roles();
