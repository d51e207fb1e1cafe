-- Who brings a SAML answer is told a secret, and takes it by that alone.
ALTER TABLE "sso_attempt" ADD COLUMN "answer_hash" BYTEA;
