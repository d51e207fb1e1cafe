-- What the database refused to write of a run, for a reason that may be mended: whoever claims it next writes it first.
ALTER TABLE "run_queue" ADD COLUMN "kept_write" TEXT;
