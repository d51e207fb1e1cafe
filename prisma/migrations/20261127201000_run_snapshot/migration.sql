-- What long runs are, apart from the narrow rows that workers claim from.
CREATE TABLE "run_snapshot" (
    "run_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "is_left" BOOLEAN NOT NULL,
    "seq" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "run_snapshot_pkey" PRIMARY KEY ("run_id")
);

ALTER TABLE run_snapshot ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_snapshot USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
SELECT hold_table_to_grants('run_snapshot', 'EXISTS (SELECT FROM run WHERE run.id = run_snapshot.run_id)');

-- Their numbers are within the texts; whoever reads one finds it there.
INSERT INTO run_snapshot (run_id, workspace_id, epoch, is_left, seq, text)
  SELECT run_id, workspace_id, snapshot_epoch, true, 0, snapshot FROM run_queue WHERE snapshot IS NOT NULL AND snapshot_epoch IS NOT NULL;
ALTER TABLE run_queue DROP COLUMN snapshot, DROP COLUMN snapshot_epoch;

SELECT grant_millrace_roles();
