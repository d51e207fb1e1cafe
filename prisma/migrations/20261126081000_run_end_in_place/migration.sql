-- A run that succeeds changes no indexed column, so that its end stays on its page and touches none of the indexes (a heap-only
-- update). An index over `status` made each end write into all of them.
ALTER TABLE run ADD COLUMN unsuccessful text GENERATED ALWAYS AS (CASE WHEN status IN ('failed', 'cancelled') THEN status END) STORED;
DROP INDEX run_unsuccessful_idx;
CREATE INDEX run_unsuccessful_idx ON run (workspace_id, unsuccessful, created_at DESC, id DESC) WHERE unsuccessful IS NOT NULL;
ALTER TABLE run SET (fillfactor = 60);
