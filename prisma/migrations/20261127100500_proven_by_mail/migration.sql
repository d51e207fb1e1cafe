-- The code of an invitation that went to the mailbox alone proves the address. Those of before were shown to whoever invited.
ALTER TABLE "invitation" ADD COLUMN "is_mailed_only" BOOLEAN NOT NULL DEFAULT false;

-- Whoever came by the machine's own link is the word of its operator: a link by mail takes nothing from them.
UPDATE user_account SET email_proven_at = created_at
WHERE email_proven_at IS NULL AND id IN (SELECT user_id FROM platform_admin WHERE granted_by_id IS NULL);
