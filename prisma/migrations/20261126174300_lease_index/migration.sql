-- A statement about one running run must not take this index for the way to it, as one planned on a short queue did: it then looks through all running ones.
DROP INDEX run_queue_lease_idx;
CREATE INDEX run_queue_lease_idx ON run_queue (lease_until) WHERE lease_until IS NOT NULL;
