-- Runs that a limit keeps from going on, the one that waits longest first: alerts ask for it every second.
CREATE INDEX "run_queue_held_idx" ON "run_queue" ("workspace_id", "rank") WHERE state = 'blocked' OR state = 'waiting' AND started_at IS NULL AND wait_reason IS NOT NULL;
