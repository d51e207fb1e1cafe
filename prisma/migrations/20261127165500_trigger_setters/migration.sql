-- What whoever set a trigger last might do. Triggers from before keep what they have until they are changed.
ALTER TABLE "trigger" ADD COLUMN "setter_rights" JSONB;
