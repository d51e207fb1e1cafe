CREATE TABLE "blob_share" (
    "blob_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,

    CONSTRAINT "blob_share_pkey" PRIMARY KEY ("blob_id","run_id")
);
CREATE INDEX "blob_share_run_id_idx" ON "blob_share"("run_id");
ALTER TABLE "blob_share" ADD CONSTRAINT "blob_share_blob_id_workspace_id_fkey" FOREIGN KEY ("blob_id", "workspace_id") REFERENCES "blob"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE blob_share ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON blob_share USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT grant_millrace_roles();
