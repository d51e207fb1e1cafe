-- A run that a trusted issuer's token started is asked for whether that issuer is still trusted. Workers learn that and nothing else of it.
CREATE FUNCTION is_issuer_trusted(asked_id uuid, asked_workspace_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT EXISTS (SELECT FROM trusted_issuer WHERE id = asked_id AND workspace_id = asked_workspace_id AND enabled)
$$;

-- Whose domain lapsed proves no more that somebody is of the organization, but its people owe the organization's sign-in until somebody decides otherwise.
ALTER TABLE "sso_domain"
  ADD COLUMN "lapsed_at" TIMESTAMPTZ(3),
  ADD COLUMN "misses" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "may_lapse" BOOLEAN NOT NULL DEFAULT true;
-- Nobody was told to leave the record of these where it is.
UPDATE "sso_domain" SET "may_lapse" = false WHERE "verified_at" IS NOT NULL;

SELECT grant_millrace_roles();
