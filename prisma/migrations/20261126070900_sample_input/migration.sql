-- Inputs that people keep under a name to test a workflow with.
CREATE TABLE "sample_input" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "workflow_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "input" JSON NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sample_input_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sample_input_name_check" CHECK (length(name) BETWEEN 1 AND 100)
);

CREATE UNIQUE INDEX "sample_input_id_workspace_id_key" ON "sample_input"("id", "workspace_id");
CREATE UNIQUE INDEX "sample_input_workflow_id_name_key" ON "sample_input"("workflow_id", "name");

ALTER TABLE "sample_input" ADD CONSTRAINT "sample_input_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "sample_input" ADD CONSTRAINT "sample_input_workflow_id_workspace_id_fkey" FOREIGN KEY ("workflow_id", "workspace_id") REFERENCES "workflow"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "sample_input" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "sample_input" USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT grant_millrace_roles();
