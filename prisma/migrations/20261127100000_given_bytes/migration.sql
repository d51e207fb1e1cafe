-- What runs were given comes with their claim: how much that is has to be known before.
ALTER TABLE run_queue ADD COLUMN given_bytes INTEGER NOT NULL DEFAULT 0;

-- The stored sizes are compressed: only what is large even so is read for its real size.
UPDATE run_queue q SET given_bytes = least(octet_length(r.input::text)::bigint + coalesce(octet_length(r.trigger::text), 0), 2147483647)
FROM run r WHERE r.id = q.run_id AND pg_column_size(r.input) + coalesce(pg_column_size(r.trigger), 0) > 16384;
