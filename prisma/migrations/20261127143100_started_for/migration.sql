-- Who is behind a run that a step starts by the API: four eyes see them, while what is shown to them as their own stays as it is.
ALTER TABLE "run" ADD COLUMN "started_for_id" UUID;

CREATE OR REPLACE FUNCTION starters_of_runs(asked_ids uuid[]) RETURNS TABLE (run_id uuid, user_id uuid, email text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT DISTINCT r.id, u.id, u.email FROM run r
  JOIN run o ON o.id IN (r.id, r.root_run_id) AND o.workspace_id = r.workspace_id
  JOIN user_account u ON u.id IN (o.started_by_id, o.started_for_id)
  WHERE r.id = ANY (asked_ids) AND r.workspace_id = current_workspace_id()
  UNION ALL
  SELECT r.id, NULL, NULL FROM run r
  WHERE r.id = ANY (asked_ids) AND r.workspace_id = current_workspace_id()
    AND NOT EXISTS (SELECT FROM run o WHERE o.id = r.root_run_id AND o.workspace_id = r.workspace_id)
$$;
