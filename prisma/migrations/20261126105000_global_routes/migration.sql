-- Routes outside of a workspace's own addresses share one space.
CREATE UNIQUE INDEX trigger_global_route_key ON trigger (route_key) WHERE route_key LIKE '% //%' AND retired_at IS NULL;

SELECT grant_millrace_roles();
