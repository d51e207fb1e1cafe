-- Who holds a place of a limited key (settings.concurrency of a workflow); those who wait for one are in run_queue_blocked_idx.
CREATE INDEX run_queue_mutex_idx ON run_queue (workspace_id, mutex_key) WHERE mutex_key IS NOT NULL AND state <> 'blocked';
