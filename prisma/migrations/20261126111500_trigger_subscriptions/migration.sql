-- What triggers have at providers. Outlives its trigger, until it is taken away there too.
CREATE TABLE "trigger_subscription" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "data_key_id" UUID NOT NULL,
    "revision" INTEGER,
    "is_wanted" BOOLEAN NOT NULL DEFAULT true,
    "due_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" JSON,
    "lease_owner" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trigger_subscription_pkey" PRIMARY KEY ("id"),
    CONSTRAINT trigger_subscription_lease_check CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
);
CREATE UNIQUE INDEX "trigger_subscription_id_workspace_id_key" ON "trigger_subscription"("id", "workspace_id");
ALTER TABLE "trigger_subscription" ADD CONSTRAINT "trigger_subscription_data_key_id_workspace_id_fkey" FOREIGN KEY ("data_key_id", "workspace_id") REFERENCES "data_key"("id", "workspace_id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE trigger_subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trigger_subscription USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT grant_millrace_roles();
