-- CreateTable
CREATE TABLE "trigger" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "workflow_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "node_id" TEXT,
    "declared" BOOLEAN NOT NULL DEFAULT false,
    "version_id" UUID,
    "config" JSON NOT NULL,
    "default_input" JSON,
    "mapping" JSON,
    "secret_name" TEXT,
    "run_as" TEXT,
    "pool" TEXT,
    "priority" INTEGER,
    "retry" JSON,
    "handlers" JSON,
    "mode" TEXT NOT NULL DEFAULT 'enabled',
    "retired_at" TIMESTAMPTZ(3),
    "error" JSON,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "received_count" BIGINT NOT NULL DEFAULT 0,
    "started_count" BIGINT NOT NULL DEFAULT 0,
    "failed_count" BIGINT NOT NULL DEFAULT 0,
    "last_fired_at" TIMESTAMPTZ(3),
    "next_fire_at" TIMESTAMPTZ(3),
    "checkpoint" JSON,
    "capture_until" TIMESTAMPTZ(3),
    "token_hash" BYTEA,
    "token_sealed" BYTEA,
    "token_key_id" UUID,
    "lease_owner" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "health" JSON,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trigger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trigger_event" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "trigger_id" UUID NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "origin" TEXT NOT NULL DEFAULT 'live',
    "status" TEXT NOT NULL DEFAULT 'received',
    "meta" JSON NOT NULL DEFAULT '{}',
    "headers" JSON NOT NULL DEFAULT '{}',
    "content_type" TEXT,
    "body" BYTEA,
    "body_blob_id" UUID,
    "body_size" INTEGER NOT NULL DEFAULT 0,
    "data_key_id" UUID,
    "input" JSON,
    "error" JSON,
    "run_id" UUID NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "watched" BOOLEAN NOT NULL DEFAULT false,
    "outcome" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "trigger_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "trigger_token_hash_key" ON "trigger"("token_hash");

-- CreateIndex
CREATE INDEX "trigger_workspace_id_workflow_id_idx" ON "trigger"("workspace_id", "workflow_id");

-- CreateIndex
CREATE UNIQUE INDEX "trigger_id_workspace_id_key" ON "trigger"("id", "workspace_id");

-- CreateIndex
CREATE INDEX "trigger_event_trigger_id_received_at_id_idx" ON "trigger_event"("trigger_id", "received_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "trigger_event_id_workspace_id_key" ON "trigger_event"("id", "workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "trigger_event_trigger_id_dedupe_key_key" ON "trigger_event"("trigger_id", "dedupe_key");

-- AddForeignKey
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_workflow_id_workspace_id_fkey" FOREIGN KEY ("workflow_id", "workspace_id") REFERENCES "workflow"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_version_id_workspace_id_fkey" FOREIGN KEY ("version_id", "workspace_id") REFERENCES "workflow_version"("id", "workspace_id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_token_key_id_workspace_id_fkey" FOREIGN KEY ("token_key_id", "workspace_id") REFERENCES "data_key"("id", "workspace_id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "trigger_event" ADD CONSTRAINT "trigger_event_trigger_id_workspace_id_fkey" FOREIGN KEY ("trigger_id", "workspace_id") REFERENCES "trigger"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trigger_event" ADD CONSTRAINT "trigger_event_data_key_id_workspace_id_fkey" FOREIGN KEY ("data_key_id", "workspace_id") REFERENCES "data_key"("id", "workspace_id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- What the Prisma schema cannot say ------------------------------------------------------------------------------

ALTER TABLE trigger ADD CONSTRAINT trigger_mode_check CHECK (mode IN ('enabled', 'suspended', 'disabled'));
ALTER TABLE trigger ADD CONSTRAINT trigger_declared_check CHECK (NOT declared OR node_id IS NOT NULL);
ALTER TABLE trigger ADD CONSTRAINT trigger_retired_check CHECK (retired_at IS NULL OR declared);
ALTER TABLE trigger ADD CONSTRAINT trigger_token_check CHECK (num_nulls(token_hash, token_sealed, token_key_id) IN (0, 3) AND octet_length(token_hash) = 32);
ALTER TABLE trigger ADD CONSTRAINT trigger_lease_check CHECK ((lease_owner IS NULL) = (lease_until IS NULL));
ALTER TABLE trigger_event ADD CONSTRAINT trigger_event_origin_check CHECK (origin IN ('live', 'resent', 'test'));
ALTER TABLE trigger_event ADD CONSTRAINT trigger_event_status_check
  CHECK (status IN ('received', 'held', 'captured', 'started', 'failed', 'missed', 'discarded'));
ALTER TABLE trigger_event ADD CONSTRAINT trigger_event_processed_check CHECK ((status IN ('received', 'held')) = (processed_at IS NULL));
ALTER TABLE trigger_event ADD CONSTRAINT trigger_event_outcome_check CHECK (outcome IN ('succeeded', 'failed', 'cancelled'));

-- A node declares one trigger.
CREATE UNIQUE INDEX trigger_node_key ON trigger (workflow_id, node_id) WHERE declared AND retired_at IS NULL;
CREATE INDEX trigger_due_idx ON trigger (next_fire_at) WHERE next_fire_at IS NOT NULL AND mode <> 'disabled' AND retired_at IS NULL;
-- What becomes a run next, what is held back, and whose run is waited for.
CREATE INDEX trigger_event_due_idx ON trigger_event (due_at) WHERE status = 'received';
CREATE INDEX trigger_event_held_idx ON trigger_event (trigger_id, id) WHERE status = 'held';
CREATE INDEX trigger_event_watched_idx ON trigger_event (trigger_id, id) WHERE watched AND outcome IS NULL;

-- An event changes once or twice and none of its indexed columns but its status.
ALTER TABLE trigger_event SET (fillfactor = 80);

ALTER TABLE trigger ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trigger USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
ALTER TABLE trigger_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trigger_event USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT grant_millrace_roles();
