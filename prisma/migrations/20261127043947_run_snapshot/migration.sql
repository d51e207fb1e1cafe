-- What a run of many records was when it left memory. Good for whoever holds it next, if that is the next epoch: nobody has written since.
ALTER TABLE "run_queue" ADD COLUMN "snapshot" TEXT, ADD COLUMN "snapshot_epoch" INTEGER;
