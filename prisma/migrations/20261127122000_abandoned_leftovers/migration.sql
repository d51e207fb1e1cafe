-- What was left at other servers for good, among everything that happened.
CREATE INDEX audit_event_abandoned_idx ON audit_event (workspace_id, at DESC) WHERE action IN ('trigger.leftover_abandoned', 'trigger.subscription_abandoned');
