-- Approvals that are not for whoever started the run: by hand, or the run that it belongs to. Whoever answers need not see those runs.
CREATE FUNCTION starters_of_runs(asked_ids uuid[]) RETURNS TABLE (run_id uuid, user_id uuid, email text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT DISTINCT r.id, u.id, u.email FROM run r
  JOIN run o ON o.id IN (r.id, r.root_run_id) AND o.workspace_id = r.workspace_id
  JOIN user_account u ON u.id = o.started_by_id
  WHERE r.id = ANY (asked_ids) AND r.workspace_id = current_workspace_id()
$$;
