-- What a worker counts, as of its last heartbeat; kept only where metrics are asked for.
ALTER TABLE worker ADD COLUMN metrics json;
