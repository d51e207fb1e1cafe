-- Which events start a run: those for which it says so.
ALTER TABLE trigger ADD COLUMN filter TEXT;
ALTER TABLE trigger_event DROP CONSTRAINT trigger_event_status_check;
ALTER TABLE trigger_event ADD CONSTRAINT trigger_event_status_check
  CHECK (status IN ('received', 'held', 'captured', 'started', 'failed', 'missed', 'filtered', 'discarded'));

-- What is due, workspace by workspace: a backlog of one is not read through on the way to another's.
DROP INDEX trigger_event_due_idx;
CREATE INDEX trigger_event_due_idx ON trigger_event (workspace_id, due_at, id) WHERE status = 'received';
