-- A run on which workers were lost is watched, one at a time by each worker, and counts as the one at fault only where one was lost while it was.
ALTER TABLE "run_queue" ADD COLUMN "alone" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "lost_alone" SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN "lived_ms" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "claimed_at" TIMESTAMPTZ(6);
CREATE INDEX "run_queue_suspect_idx" ON "run_queue" ("pool", "workspace_id", "lost_alone" DESC, "rank") WHERE state = 'queued' AND takeovers >= 3;
