-- Ways to sign in beside the password: passkeys, one-time codes, accounts elsewhere; and what organizations ask for.

-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "second_factor_required" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "session_idle_minutes" INTEGER,
ADD COLUMN     "session_max_minutes" INTEGER,
ADD COLUMN     "sso_required" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "authenticated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "method" TEXT NOT NULL DEFAULT 'password',
ADD COLUMN     "second_factor_at" TIMESTAMPTZ(3),
ADD COLUMN     "sso_organization_id" UUID;

-- CreateTable
CREATE TABLE "totp_factor" (
    "user_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "master_key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "totp_factor_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "passkey" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "credential_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "rp_id" TEXT NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT[],
    "backed_up" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_challenge" (
    "hash" BYTEA NOT NULL,
    "purpose" TEXT NOT NULL,
    "user_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "linked_account" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "linked_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_change" (
    "user_id" UUID NOT NULL,
    "new_email" TEXT NOT NULL,
    "old_token_hash" BYTEA NOT NULL,
    "new_token_hash" BYTEA NOT NULL,
    "old_confirmed_at" TIMESTAMPTZ(3),
    "new_confirmed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_change_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "sign_in_mail" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "done_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "sign_in_mail_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "recovery_code_user_id_code_hash_key" ON "recovery_code"("user_id", "code_hash");

-- CreateIndex
CREATE UNIQUE INDEX "passkey_credential_id_key" ON "passkey"("credential_id");

-- CreateIndex
CREATE INDEX "passkey_user_id_idx" ON "passkey"("user_id");

-- CreateIndex
CREATE INDEX "sign_in_challenge_expires_at_idx" ON "sign_in_challenge"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "linked_account_provider_subject_key" ON "linked_account"("provider", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "linked_account_user_id_provider_key" ON "linked_account"("user_id", "provider");

-- CreateIndex
CREATE UNIQUE INDEX "email_change_old_token_hash_key" ON "email_change"("old_token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "email_change_new_token_hash_key" ON "email_change"("new_token_hash");

-- AddForeignKey
ALTER TABLE "totp_factor" ADD CONSTRAINT "totp_factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "linked_account" ADD CONSTRAINT "linked_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_change" ADD CONSTRAINT "email_change_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_sso_organization_id_fkey" FOREIGN KEY ("sso_organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE organization ADD CONSTRAINT organization_session_check CHECK (session_idle_minutes BETWEEN 5 AND 525600 AND session_max_minutes BETWEEN 5 AND 525600);
ALTER TABLE session ADD CONSTRAINT session_method_check CHECK (method IN ('password', 'link', 'passkey', 'github', 'google', 'sso'));
ALTER TABLE session ADD CONSTRAINT session_sso_check CHECK ((method = 'sso') = (sso_organization_id IS NOT NULL));
ALTER TABLE sign_in_link DROP CONSTRAINT sign_in_link_purpose_check;
ALTER TABLE sign_in_link ADD CONSTRAINT sign_in_link_purpose_check CHECK (purpose IN ('first_admin', 'sign_in', 'magic', 'reset'));
-- Addresses of other alphabets look like somebody else's.
ALTER TABLE user_account ADD CONSTRAINT user_account_email_plain_check CHECK (email ~ '^[!-~]+$');
ALTER TABLE email_change ADD CONSTRAINT email_change_plain_check CHECK (new_email ~ '^[!-~]+$' AND new_email = lower(new_email));
ALTER TABLE email_change ADD CONSTRAINT email_change_hash_check CHECK (octet_length(old_token_hash) = 32 AND octet_length(new_token_hash) = 32);
ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_hash_check CHECK (octet_length(code_hash) = 32);
ALTER TABLE sign_in_challenge ADD CONSTRAINT sign_in_challenge_hash_check CHECK (octet_length(hash) = 32);

CREATE INDEX sign_in_mail_due_idx ON sign_in_mail (due_at) WHERE done_at IS NULL;

COMMENT ON TABLE sign_in_mail IS 'owner only';
COMMENT ON TABLE totp_factor IS 'owner only';
COMMENT ON TABLE recovery_code IS 'owner only';
COMMENT ON TABLE passkey IS 'owner only';
COMMENT ON TABLE sign_in_challenge IS 'owner only';
COMMENT ON TABLE linked_account IS 'owner only';
COMMENT ON TABLE email_change IS 'owner only';

SELECT grant_millrace_roles();
