-- Links to approvals live by the rights of the service account or the trusted issuer that made them, too. Those from before stand for themselves, as they did.
ALTER TABLE "wait_link" ADD COLUMN "made_by_type" TEXT, ADD COLUMN "made_by_id" UUID;
ALTER TABLE "wait_link" ADD CONSTRAINT "wait_link_made_by_known" CHECK ("made_by_type" IN ('service_account', 'issuer') AND "made_by_id" IS NOT NULL OR "made_by_type" IS NULL AND "made_by_id" IS NULL);
