-- Limits that a run passes before its first step, and places of single steps.

-- How far a run has come: 0 nothing, 1 waits for a newer run to take its place (debounce), 2 past that, 3 past the rate limit, 4 past the throttle.
ALTER TABLE "run_queue" ADD COLUMN "gate" SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE run_queue ADD CONSTRAINT run_queue_gate_check CHECK (gate BETWEEN 0 AND 4);

CREATE TABLE "flow_window" (
    "workspace_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "starts" DOUBLE PRECISION[],
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flow_window_pkey" PRIMARY KEY ("workspace_id","key")
);
CREATE INDEX "flow_window_expires_at_idx" ON "flow_window"("expires_at");

CREATE TABLE "flow_debounce" (
    "workspace_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "first_at" DOUBLE PRECISION NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "flow_debounce_pkey" PRIMARY KEY ("workspace_id","key")
);

CREATE TABLE "step_place" (
    "run_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "taken_at" TIMESTAMPTZ(3),

    CONSTRAINT "step_place_pkey" PRIMARY KEY ("run_id","path")
);
CREATE INDEX "step_place_workspace_id_key_idx" ON "step_place"("workspace_id", "key");

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['flow_window', 'flow_debounce', 'step_place'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', tenant_table);
  END LOOP;
END $$;

SELECT grant_millrace_roles();
