ALTER TABLE "user_account" ADD COLUMN "disabled_by_organization_id" UUID;
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_disabled_by_organization_id_fkey" FOREIGN KEY ("disabled_by_organization_id") REFERENCES "organization"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "user_account_disabled_by_organization_id_idx" ON "user_account"("disabled_by_organization_id");
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_disabled_by_check" CHECK (disabled_by_organization_id IS NULL OR disabled_at IS NOT NULL);
UPDATE "user_account" u SET disabled_by_organization_id = s.organization_id
  FROM scim_user s WHERE s.user_id = u.id AND s.deactivated_at IS NOT NULL AND u.disabled_at IS NOT NULL;
