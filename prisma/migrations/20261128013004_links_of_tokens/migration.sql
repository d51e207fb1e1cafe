-- A token that was fetched is kept as long as a link lives that was made with it: whether that token was revoked is known by its row.
CREATE INDEX "share_link_token_idx" ON "share_link" ("made_by_token_id") WHERE "made_by_token_id" IS NOT NULL;
CREATE INDEX "wait_link_token_idx" ON "wait_link" ("made_by_token_id") WHERE "made_by_token_id" IS NOT NULL;
