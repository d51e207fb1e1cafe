-- Who had a program's token or secret in hand when it was made: they are behind what the program starts and answers. Of earlier ones nobody is known.
ALTER TABLE "api_token" ADD COLUMN "made_by_id" UUID;
ALTER TABLE "oauth_client_secret" ADD COLUMN "made_by_id" UUID;
ALTER TABLE "wait_response" ADD COLUMN "behind_id" UUID;
