-- How far a step has come through the limits of its node, before it begins.
CREATE TABLE "step_turn" (
    "run_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "gate" SMALLINT NOT NULL,
    "due_at" DOUBLE PRECISION,
    "key" TEXT,
    "first_at" DOUBLE PRECISION,
    "count" INTEGER,
    "list" JSON,
    "taken_by" UUID,

    CONSTRAINT "step_turn_pkey" PRIMARY KEY ("run_id","path")
);
-- 1 waits for a newer step to take its place (debounce), 2 past that, 3 past the rate limit, 4 past the throttle.
ALTER TABLE step_turn ADD CONSTRAINT step_turn_gate_check CHECK (gate BETWEEN 1 AND 4);
ALTER TABLE step_turn ADD CONSTRAINT step_turn_debounce_check CHECK (gate <> 1 OR (key IS NOT NULL AND due_at IS NOT NULL AND first_at IS NOT NULL AND count IS NOT NULL));
-- One step of a key waits for newer ones.
CREATE UNIQUE INDEX step_turn_pending ON step_turn (workspace_id, key) WHERE gate = 1 AND taken_by IS NULL;

ALTER TABLE step_turn ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON step_turn USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

ALTER TABLE wait DROP CONSTRAINT wait_kind_check;
ALTER TABLE wait ADD CONSTRAINT wait_kind_check CHECK (kind IN ('delay', 'signal', 'approval', 'child', 'turn'));

SELECT grant_millrace_roles();
