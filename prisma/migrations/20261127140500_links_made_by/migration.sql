ALTER TABLE "wait_link" ADD COLUMN "made_by" TEXT;
