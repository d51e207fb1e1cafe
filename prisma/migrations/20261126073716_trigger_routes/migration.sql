ALTER TABLE trigger ADD COLUMN refusals JSONB, ADD COLUMN route_key TEXT;

CREATE UNIQUE INDEX trigger_route_key ON trigger (workspace_id, route_key) WHERE route_key IS NOT NULL AND retired_at IS NULL;

SELECT grant_millrace_roles();
