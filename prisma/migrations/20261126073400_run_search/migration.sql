-- Finding runs: a narrow row per run, written some seconds later by the scheduler (docs/decisions/0010-search-rows.md).

-- Which runs are new or have ended since their search row was written. The engine's statements only append here.
CREATE TABLE run_change (
  run_id UUID NOT NULL,
  workspace_id UUID NOT NULL
);
ALTER TABLE run_change SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_scale_factor = 0.2);

CREATE TABLE run_search (
  run_id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL,
  duration_ms BIGINT,
  facets BIGINT[] NOT NULL,
  content TEXT NOT NULL,
  CONSTRAINT run_search_pkey PRIMARY KEY (run_id),
  CONSTRAINT run_search_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id) ON DELETE CASCADE ON UPDATE NO ACTION
);
-- The text lies apart, so that looking at facets and moments reads little.
ALTER TABLE run_search SET (toast_tuple_target = 256);
CREATE INDEX run_search_facets_idx ON run_search USING gin (facets) WITH (fastupdate = off);

-- Without the extension, text is looked for in what other filters leave, a portion at a time.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX run_search_content_idx ON run_search USING gin (content gin_trgm_ops) WITH (gin_pending_list_limit = 512);
EXCEPTION
  WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'The extension pg_trgm may not be created here: searching runs by text stays slow. As a superuser: CREATE EXTENSION pg_trgm; then, as the owner: CREATE INDEX run_search_content_idx ON run_search USING gin (content gin_trgm_ops);';
END $$;

CREATE FUNCTION run_month(at timestamptz) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (extract(year FROM timezone('UTC', at)) * 12 + extract(month FROM timezone('UTC', at)) - 1)::int;

-- A facet of a month of a workspace as a number: what the index holds.
CREATE FUNCTION run_facet(workspace uuid, month int, facet text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended(workspace::text || ' ' || month::text || ' ' || facet, 0);

CREATE FUNCTION run_duration_bucket(ms bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN floor(log(2, greatest(ms, 1)::numeric))::int;

-- What free text is looked for in: the beginnings of what went in and what came out.
CREATE FUNCTION run_content(input json, output json, error json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN left(input::text, 8192) || E'\n' || coalesce(left(output::text, 8192), '') || E'\n' || coalesce(left(error::text, 8192), '');

CREATE FUNCTION run_duration_ms(started timestamptz, finished timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN greatest(0, round(extract(epoch FROM finished - started) * 1000))::bigint;

/* Runs by their search rows, newest first: every list of `wanted` has to be met by one of its facets. It reads with the rights of its
   owner, because row-level security keeps indexes from being used with these operators, and holds to the workspace of the transaction. */
CREATE FUNCTION search_runs(wanted jsonb, pattern text, min_ms bigint, max_ms bigint, since timestamptz, before_at timestamptz, before_id uuid, wanted_rows int)
RETURNS TABLE (run_id uuid, created_at timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  workspace constant uuid := current_workspace_id();
  first_month int;
  month int;
  from_month int;
  facet_list jsonb;
  conditions text;
  missing int := wanted_rows;
  found_rows int;
BEGIN
  SELECT run_month(greatest(since, min(r.created_at))) INTO first_month FROM run r WHERE r.workspace_id = workspace;
  month := run_month(least(before_at, clock_timestamp() + interval '1 day'));
  WHILE month >= first_month AND missing > 0 LOOP
    -- Text leads to few rows by itself, whatever the month; facets are looked at month by month, which bounds what one look reads.
    from_month := CASE WHEN pattern IS NULL THEN month ELSE first_month END;
    conditions := '';
    FOR facet_list IN SELECT jsonb_array_elements(CASE WHEN wanted = '[]'::jsonb AND pattern IS NULL THEN '[[""]]'::jsonb ELSE wanted END) LOOP
      conditions := conditions || format(' AND s.facets && %L::bigint[]', ARRAY(
        SELECT run_facet(workspace, m, f) FROM generate_series(from_month, month) m, jsonb_array_elements_text(facet_list) f));
    END LOOP;
    IF pattern IS NOT NULL THEN conditions := conditions || format(' AND s.content ILIKE %L', pattern); END IF;
    IF min_ms IS NOT NULL THEN conditions := conditions || format(' AND s.duration_ms >= %L', min_ms); END IF;
    IF max_ms IS NOT NULL THEN conditions := conditions || format(' AND s.duration_ms <= %L', max_ms); END IF;
    RETURN QUERY EXECUTE 'SELECT s.run_id, s.created_at::timestamptz FROM run_search s WHERE s.workspace_id = $1 AND s.created_at >= $2 AND (s.created_at, s.run_id) < ($3, $4)'
      || conditions || ' ORDER BY s.created_at DESC, s.run_id DESC LIMIT $5' USING workspace, since, before_at, before_id, missing;
    GET DIAGNOSTICS found_rows = ROW_COUNT;
    missing := missing - found_rows;
    month := from_month - 1;
  END LOOP;
END $$;

ALTER TABLE run_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_change USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
ALTER TABLE run_search ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_search USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

INSERT INTO run_change (run_id, workspace_id) SELECT id, workspace_id FROM run;

-- Named filters of a list: a person's own, or shown to the whole workspace.
CREATE TABLE saved_view (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  user_id UUID NOT NULL,
  page TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  shared BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT saved_view_pkey PRIMARY KEY (id),
  CONSTRAINT saved_view_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT saved_view_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT saved_view_name_check CHECK (length(btrim(name)) BETWEEN 1 AND 100),
  CONSTRAINT saved_view_query_check CHECK (length(query) <= 4000),
  CONSTRAINT saved_view_page_check CHECK (page IN ('runs'))
);
CREATE UNIQUE INDEX saved_view_id_workspace_id_key ON saved_view (id, workspace_id);
CREATE UNIQUE INDEX saved_view_own_key ON saved_view (workspace_id, page, user_id, name) WHERE NOT shared;
CREATE UNIQUE INDEX saved_view_shared_key ON saved_view (workspace_id, page, name) WHERE shared;
CREATE INDEX saved_view_user_id_idx ON saved_view (user_id);
ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON saved_view USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT grant_millrace_roles();
