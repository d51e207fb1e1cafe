-- What people with access to parts of a workspace are told of its queue costs what is looked at, not what lies there of others.

-- Their unfinished runs. Of a queue longer than `most` so many of the newest runs of what they see are looked at, the same number of each workflow;
-- `is_more`: there may be others; then a row without a state says so too, and which is next in turn is not told.
CREATE FUNCTION granted_backlog(most int) RETURNS TABLE (state text, pool text, runs int, first_rank bigint, first_priority int, is_more boolean) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  flows uuid[] := ARRAY(SELECT DISTINCT id FROM granted_workflow_ids() AS id);
  each int := greatest(100, most / greatest(1, cardinality(flows)));
  looked uuid[];
  is_long boolean;
BEGIN
  looked := ARRAY(SELECT q.run_id FROM run_queue q WHERE q.workspace_id = current_workspace_id() LIMIT most + 1);
  is_long := cardinality(looked) > most;
  IF is_long THEN
    looked := ARRAY(SELECT r.id FROM unnest(flows) AS f(id) CROSS JOIN LATERAL (
      SELECT l.id, l.status FROM run l WHERE l.workspace_id = current_workspace_id() AND l.workflow_id = f.id ORDER BY l.created_at DESC, l.id DESC LIMIT each) r WHERE r.status = 'queued');
    is_long := EXISTS (SELECT FROM unnest(flows) AS f(id) CROSS JOIN LATERAL (
      SELECT FROM run l WHERE l.workspace_id = current_workspace_id() AND l.workflow_id = f.id ORDER BY l.created_at DESC, l.id DESC OFFSET each LIMIT 1) r);
  END IF;
  RETURN QUERY SELECT q.state, q.pool, count(*)::int, CASE WHEN NOT is_long THEN min(q.rank) END, (array_agg(r.priority ORDER BY q.rank, q.run_id))[1], is_long
    FROM run_queue q JOIN run r ON r.id = q.run_id
    WHERE q.run_id = ANY (looked) AND q.workspace_id = current_workspace_id() AND r.workflow_id = ANY (flows) GROUP BY q.state, q.pool
    UNION ALL SELECT NULL, NULL, 0, NULL, NULL, true WHERE is_long;
END $$;

-- How many runs of the workspace are at work, and how many of a pool stand before a place: of all of it, as they go by the same limits and the same line.
CREATE FUNCTION workspace_running() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT count(*)::int FROM run_queue WHERE lease_until IS NOT NULL AND workspace_id = current_workspace_id()
$$;

CREATE FUNCTION workspace_queued_before(asked text, place bigint, most int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT count(*)::int FROM (SELECT FROM run_queue WHERE state = 'queued' AND pool = asked AND workspace_id = current_workspace_id() AND rank < place LIMIT most) q
$$;

-- Runs of the workspace that wait, have not begun and are due before a moment, of which `most` are looked at: those of the same throttle.
CREATE FUNCTION workspace_throttled_before(reason text, moment timestamptz, own uuid, most int) RETURNS TABLE (ahead int, seen int) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT (count(*) FILTER (WHERE q.wait_reason = reason AND q.run_id <> own))::int, count(*)::int FROM (
    SELECT run_id, wait_reason FROM run_queue WHERE workspace_id = current_workspace_id() AND state = 'waiting' AND started_at IS NULL AND due_at <= moment AND wait_reason IS NOT NULL
    ORDER BY due_at LIMIT most) q
$$;

SELECT grant_millrace_roles();
