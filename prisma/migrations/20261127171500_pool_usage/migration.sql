-- How far the live workers of a pool are taken, whoever's runs they hold, and whether other workspaces have runs that wait there too.
CREATE FUNCTION pool_usage(asked text, within_seconds float8) RETURNS TABLE (places int, taken int, is_shared boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off AS $$
  WITH serving AS (
    SELECT w.id, w.slots, min((regexp_match(p.entry, ':([0-9]+)$'))[1]::int) AS most FROM worker w CROSS JOIN LATERAL unnest(w.pools) AS p(entry)
    WHERE w.state = 'active' AND w.drain_requested_at IS NULL AND w.heartbeat_at > now() - make_interval(secs => within_seconds) AND regexp_replace(p.entry, ':[0-9]+$', '') = asked
    GROUP BY w.id, w.slots),
  -- As many rows as workers have places; by their index, also where nobody has counted the rows yet.
  leases AS MATERIALIZED (SELECT lease_owner, pool FROM run_queue WHERE lease_until > '-infinity' ORDER BY lease_until),
  held AS (SELECT lease_owner, count(*)::int AS runs, (count(*) FILTER (WHERE pool = asked))::int AS here FROM leases GROUP BY lease_owner),
  room AS (
    SELECT least(s.slots, coalesce(s.most, s.slots)) AS places, greatest(0, least(s.slots - coalesce(h.runs, 0), coalesce(s.most - coalesce(h.here, 0), s.slots))) AS free
    FROM serving s LEFT JOIN held h ON h.lease_owner = s.id)
  SELECT coalesce(sum(places), 0)::int, coalesce(sum(greatest(0, places - free)), 0)::int,
    EXISTS (SELECT FROM run_queue WHERE state = 'queued' AND pool = asked AND workspace_id > current_workspace_id())
      OR EXISTS (SELECT FROM run_queue WHERE state = 'queued' AND pool = asked AND workspace_id < current_workspace_id())
  FROM room
$$;

SELECT grant_millrace_roles();
