-- Who has the places of a key, and who is next in line: neither walks over the other.
CREATE INDEX "step_place_line_idx" ON "step_place"("workspace_id", "key", "asked_at", "run_id", "path") WHERE taken_at IS NULL;
CREATE INDEX "step_place_holders_idx" ON "step_place"("workspace_id", "key", "taken_at") WHERE taken_at IS NOT NULL;
DROP INDEX "step_place_workspace_id_key_idx";

SELECT grant_millrace_roles();
