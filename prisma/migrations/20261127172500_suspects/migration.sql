-- A run on which workers were lost is claimed alone, and counts as the one at fault only where one was lost while it was.
ALTER TABLE "run_queue" ADD COLUMN "alone" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "lost_alone" SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX "run_queue_suspect_idx" ON "run_queue" ("pool", "workspace_id", "rank") WHERE state = 'queued' AND takeovers >= 2;
