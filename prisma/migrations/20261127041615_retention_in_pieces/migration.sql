-- Runs whose row retention has removed and of which other tables still hold something. The nil id stands for runs without a workflow.
CREATE TABLE "retention_gone" (
  "workspace_id" UUID NOT NULL,
  "workflow_id" UUID NOT NULL,
  "run_id" UUID NOT NULL,
  CONSTRAINT "retention_gone_pkey" PRIMARY KEY ("workspace_id", "workflow_id", "run_id"),
  CONSTRAINT "retention_gone_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Runs from before the mark whose logs or large values could not go yet: not ended long enough ago, or kept.
CREATE TABLE "retention_open" (
  "workspace_id" UUID NOT NULL,
  "workflow_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "run_id" UUID NOT NULL,
  CONSTRAINT "retention_open_pkey" PRIMARY KEY ("workspace_id", "workflow_id", "kind", "run_id"),
  CONSTRAINT "retention_open_kind_check" CHECK ("kind" IN ('logs', 'blobs')),
  CONSTRAINT "retention_open_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['retention_gone', 'retention_open'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', table_name);
  END LOOP;
END $$;

SELECT grant_millrace_roles();
