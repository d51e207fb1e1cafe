-- A rule may be about what happens in one environment.
ALTER TABLE notification_rule ADD COLUMN environment_id UUID,
  ADD CONSTRAINT notification_rule_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX notification_rule_environment_id_workspace_id_idx ON notification_rule (environment_id, workspace_id);
SELECT grant_millrace_roles();
