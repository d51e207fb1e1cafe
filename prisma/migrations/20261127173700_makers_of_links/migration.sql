-- Whose rights an approval link lives by. Links from before stand for themselves, as they did.
ALTER TABLE "wait_link" ADD COLUMN "made_by_user_id" UUID;
