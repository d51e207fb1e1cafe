-- A newer step takes the place of an older one: which attempt it is, and since when it has been told to end.
ALTER TABLE step_place ADD COLUMN attempt INT, ADD COLUMN gives_way_at TIMESTAMPTZ(3);
DROP INDEX "step_place_line_idx";
CREATE INDEX "step_place_line_idx" ON "step_place"("workspace_id", "key", "asked_at", "run_id", "path") WHERE taken_at IS NULL AND gives_way_at IS NULL;
