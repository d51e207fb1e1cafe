-- Links to approvals that a step of a run made live by the rights of the person whose run it was, too. Those from before stand for themselves, as they did.
ALTER TABLE "wait_link" DROP CONSTRAINT "wait_link_made_by_known";
ALTER TABLE "wait_link" ADD CONSTRAINT "wait_link_made_by_known" CHECK ("made_by_type" IN ('service_account', 'issuer', 'user') AND "made_by_id" IS NOT NULL OR "made_by_type" IS NULL AND "made_by_id" IS NULL);
