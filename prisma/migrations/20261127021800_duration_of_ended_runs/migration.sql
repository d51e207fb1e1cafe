-- A run that has not ended has no duration; `greatest` passes over NULL and gave 0.
CREATE OR REPLACE FUNCTION run_duration_ms(started timestamptz, finished timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN started IS NOT NULL AND finished IS NOT NULL THEN greatest(0, round(extract(epoch FROM finished - started) * 1000))::bigint END;
UPDATE run_search s SET duration_ms = NULL FROM run r WHERE r.id = s.run_id AND r.finished_at IS NULL AND s.duration_ms IS NOT NULL;
