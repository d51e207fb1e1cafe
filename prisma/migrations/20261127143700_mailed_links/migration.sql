-- Links that were there before `made_by` may have been made by hand or mailed: nothing is claimed of them.
ALTER TABLE "wait_link" ADD COLUMN "mailed" BOOLEAN NOT NULL DEFAULT false;
