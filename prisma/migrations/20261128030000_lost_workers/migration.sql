-- Which process of which machine a worker is, so that others there know when it is gone, and since when they do.
ALTER TABLE "worker" ADD COLUMN "process" TEXT, ADD COLUMN "lost_at" TIMESTAMPTZ(3);
