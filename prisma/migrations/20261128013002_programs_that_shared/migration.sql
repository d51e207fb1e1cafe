-- Links to workflows live by the rights of the service account or the trusted issuer that made them, and by the token that it came with. Those from before stand for themselves, as they did.
ALTER TABLE "share_link" ADD COLUMN "made_by_type" TEXT, ADD COLUMN "made_by_id" UUID, ADD COLUMN "made_by_token_id" UUID;
ALTER TABLE "share_link" ADD CONSTRAINT "share_link_made_by_known" CHECK ("made_by_type" IN ('service_account', 'issuer') AND "made_by_id" IS NOT NULL OR "made_by_type" IS NULL AND "made_by_id" IS NULL);
