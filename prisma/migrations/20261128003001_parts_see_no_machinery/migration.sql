-- What is told to people, and what the installation keeps for itself, is held to parts too: notifications to whom they are told, the rest to nobody there.

-- Who is held to parts; null for programs.
CREATE FUNCTION granted_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (nullif(current_setting('app.granted', true), '')::jsonb ->> 'person')::uuid
$$;

-- Whoever asks for a review tells others, and blobs that are written count: what is written is not held.
DO $$
DECLARE
  name text;
BEGIN
  PERFORM hold_table_to_grants('inbox_item', 'user_id = (SELECT granted_person())');
  PERFORM hold_table_to_grants('notification', 'EXISTS (SELECT FROM inbox_item i WHERE i.notification_id = notification.id)');
  PERFORM hold_table_to_grants('flow_debounce', 'EXISTS (SELECT FROM run WHERE run.id = flow_debounce.run_id)');
  FOREACH name IN ARRAY ARRAY[
    'notification_delivery', 'notification_channel', 'notification_rule', 'notification_rule_channel', 'notification_state', 'flow_window',
    'usage_change', 'storage_change', 'usage_month', 'usage_storage', 'usage_quota', 'retention_state', 'retention_gone', 'retention_open', 'retention_removal'
  ] LOOP
    PERFORM hold_table_to_grants(name, 'false');
  END LOOP;
  FOREACH name IN ARRAY ARRAY['inbox_item', 'notification', 'notification_delivery', 'usage_change', 'storage_change'] LOOP
    EXECUTE format('ALTER POLICY granted ON %I WITH CHECK (true)', name);
  END LOOP;
  PERFORM keep_granted_policies();
END $$;
SELECT grant_millrace_roles();
