-- Who sent an event again: the run that it becomes is started by them.
ALTER TABLE trigger_event ADD COLUMN started_by_id UUID;

-- A child run whose outermost run is gone may be anybody's: a row without a person says so.
CREATE OR REPLACE FUNCTION starters_of_runs(asked_ids uuid[]) RETURNS TABLE (run_id uuid, user_id uuid, email text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT DISTINCT r.id, u.id, u.email FROM run r
  JOIN run o ON o.id IN (r.id, r.root_run_id) AND o.workspace_id = r.workspace_id
  JOIN user_account u ON u.id = o.started_by_id
  WHERE r.id = ANY (asked_ids) AND r.workspace_id = current_workspace_id()
  UNION ALL
  SELECT r.id, NULL, NULL FROM run r
  WHERE r.id = ANY (asked_ids) AND r.workspace_id = current_workspace_id()
    AND NOT EXISTS (SELECT FROM run o WHERE o.id = r.root_run_id AND o.workspace_id = r.workspace_id)
$$;
