-- A name leads to the workflow that has had it longest, so that whoever takes a name later takes no call of others over.
ALTER TABLE "workflow" ADD COLUMN "named_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now();
UPDATE "workflow" SET "named_at" = "created_at";

CREATE FUNCTION workflow_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.named_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_named BEFORE UPDATE OF name, deleted_at ON workflow
  FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name OR (OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL))
  EXECUTE FUNCTION workflow_named();
