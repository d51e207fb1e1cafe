-- PostgreSQL turns comparisons with `retired_at IS NULL` into the test itself, which an index column of that name does not serve: a part of the table each.
DROP INDEX trigger_route_path_idx;
DROP INDEX trigger_global_route_path_idx;
CREATE INDEX trigger_route_path_idx ON trigger (workspace_id, (split_part(route_key, ' ', 2)) COLLATE "C") WHERE route_key IS NOT NULL AND route_key NOT LIKE '% //%' AND retired_at IS NULL;
CREATE INDEX trigger_retired_route_path_idx ON trigger (workspace_id, (split_part(route_key, ' ', 2)) COLLATE "C") WHERE route_key IS NOT NULL AND route_key NOT LIKE '% //%' AND retired_at IS NOT NULL;
CREATE INDEX trigger_global_route_path_idx ON trigger ((split_part(route_key, ' ', 2)) COLLATE "C") WHERE route_key LIKE '% //%' AND retired_at IS NULL;
CREATE INDEX trigger_retired_global_route_path_idx ON trigger ((split_part(route_key, ' ', 2)) COLLATE "C") WHERE route_key LIKE '% //%' AND retired_at IS NOT NULL;
