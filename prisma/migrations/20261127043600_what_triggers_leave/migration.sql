-- A deleted trigger is gone for everybody; its inbox is emptied in batches, and what it made at other servers is taken away, before its row is.
ALTER TABLE "trigger" ADD COLUMN deleted_at TIMESTAMPTZ(3), ADD COLUMN paused_until TIMESTAMPTZ(3);
ALTER TABLE "trigger" DROP CONSTRAINT trigger_retired_check, ADD CONSTRAINT trigger_retired_check CHECK (retired_at IS NULL OR declared OR deleted_at IS NOT NULL);
ALTER TABLE "trigger" ADD CONSTRAINT trigger_deleted_check CHECK (deleted_at IS NULL OR retired_at IS NOT NULL AND token_hash IS NULL AND route_key IS NULL);

-- How long the key of an event stands for it, also when retention has removed the event.
ALTER TABLE trigger_event ADD COLUMN key_until TIMESTAMPTZ(3);

CREATE TABLE "trigger_key" (
    "trigger_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trigger_key_pkey" PRIMARY KEY ("trigger_id", "key")
);
CREATE INDEX "trigger_key_workspace_id_until_idx" ON "trigger_key"("workspace_id", "until");
ALTER TABLE "trigger_key" ADD CONSTRAINT "trigger_key_trigger_id_workspace_id_fkey" FOREIGN KEY ("trigger_id", "workspace_id") REFERENCES "trigger"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE trigger_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trigger_key USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
SELECT hold_table_to_grants('trigger_key', 'EXISTS (SELECT FROM trigger t WHERE t.id = trigger_key.trigger_id)');

-- What a trigger has at a server that its config does not name any more.
CREATE TABLE "trigger_leftover" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "trigger_id" UUID NOT NULL,
    "config" JSON NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trigger_leftover_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "trigger_leftover_id_workspace_id_key" ON "trigger_leftover"("id", "workspace_id");
CREATE INDEX "trigger_leftover_trigger_id_idx" ON "trigger_leftover"("trigger_id");
CREATE INDEX "trigger_leftover_due_at_idx" ON "trigger_leftover"("due_at");
ALTER TABLE "trigger_leftover" ADD CONSTRAINT "trigger_leftover_trigger_id_workspace_id_fkey" FOREIGN KEY ("trigger_id", "workspace_id") REFERENCES "trigger"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE trigger_leftover ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trigger_leftover USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
SELECT hold_table_to_grants('trigger_leftover', 'EXISTS (SELECT FROM trigger t WHERE t.id = trigger_leftover.trigger_id)');

SELECT grant_millrace_roles();
