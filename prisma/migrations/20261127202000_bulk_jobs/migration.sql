-- Something for all runs that fit a filter, done by the server for whoever began it.
CREATE TABLE "bulk_job" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT,
    "filter" JSON NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "total" INTEGER,
    "seen" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "refusals" JSON NOT NULL DEFAULT '{}',
    "problem" TEXT,
    "cursor" TEXT,
    "portion" JSON,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dismissed" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_job_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "bulk_job_action_check" CHECK (action IN ('cancel', 'rerun', 'failure')),
    CONSTRAINT "bulk_job_state_check" CHECK (state IN ('running', 'stopped', 'done', 'failed')),
    CONSTRAINT "bulk_job_ended_check" CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX "bulk_job_id_workspace_id_key" ON "bulk_job"("id", "workspace_id");
CREATE INDEX "bulk_job_workspace_id_created_at_id_idx" ON "bulk_job"("workspace_id", "created_at" DESC, "id" DESC);
CREATE INDEX "bulk_job_user_id_idx" ON "bulk_job"("user_id");
CREATE INDEX "bulk_job_due_idx" ON "bulk_job"("due_at", "id") WHERE state = 'running';
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE bulk_job ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bulk_job USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT grant_millrace_roles();
