-- What becomes of events and slots while somebody has paused their trigger.
ALTER TABLE trigger ADD COLUMN pause_policy TEXT;
UPDATE trigger SET paused_until = NULL WHERE paused_until IS NOT NULL;
ALTER TABLE trigger ADD CONSTRAINT trigger_pause_check CHECK ((paused_until IS NULL) = (pause_policy IS NULL) AND pause_policy IN ('hold', 'refuse'));
CREATE INDEX trigger_paused_idx ON trigger (paused_until) WHERE paused_until IS NOT NULL;

-- They go on by themselves when the pause is over.
ALTER TABLE trigger_event ADD COLUMN held_by_pause BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX trigger_event_held_by_pause_idx ON trigger_event (trigger_id, received_at) WHERE status = 'held' AND held_by_pause;

SELECT grant_millrace_roles();
