-- What steps of a worker may ask for in all; null: it has not said so.
ALTER TABLE "worker" ADD COLUMN "cpus" DOUBLE PRECISION, ADD COLUMN "memory_mb" DOUBLE PRECISION;
