-- A start step of a draft is tried by a trigger of its own, which takes in what it catches for tests, and starts nothing.
ALTER TABLE "trigger" ADD COLUMN "is_draft" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "trigger" ADD CONSTRAINT trigger_draft_check CHECK (NOT is_draft OR declared AND retired_at IS NOT NULL AND mode = 'disabled' AND route_key IS NULL AND next_fire_at IS NULL);
CREATE UNIQUE INDEX trigger_draft_key ON trigger (workflow_id, node_id, kind) WHERE is_draft;
CREATE INDEX trigger_drafts_idx ON trigger (workspace_id) WHERE is_draft AND kind = 'event';
