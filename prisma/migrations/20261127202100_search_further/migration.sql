-- Upper and lower case are the same for searches, in every alphabet and whatever the locale of the database.
DO $$
DECLARE
  rules constant text := (SELECT c.collname FROM pg_collation c WHERE c.collnamespace = 'pg_catalog'::regnamespace AND c.collname IN ('pg_c_utf8', 'und-x-icu') AND c.collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding())) ORDER BY c.collname LIMIT 1);
BEGIN
  EXECUTE format('CREATE FUNCTION fold_case(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT RETURN lower(value%s)', CASE WHEN rules IS NULL THEN '' ELSE format(' COLLATE pg_catalog.%I', rules) END);
END $$;

-- What free text is looked for in: the beginning of each value as it is, and of what follows the words, each once.
CREATE FUNCTION searched_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN length(value) <= 8192 THEN value ELSE left(value, 8192) || E'\n' || coalesce((
    SELECT string_agg(DISTINCT left(word, 500) COLLATE "C", ' ')
    FROM string_to_table(translate(substr(value, 7937, 57600), E'"{}[],\t\n\r', '         '), ' ') word WHERE length(word) >= 3), '') END;
CREATE OR REPLACE FUNCTION run_content(input json, output json, error json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN fold_case(searched_text(input::text) || E'\n' || coalesce(searched_text(output::text), '') || E'\n' || coalesce(searched_text(error::text), ''));
-- The same of a run that is looked at by itself, without taking words apart.
CREATE FUNCTION run_text(input json, output json, error json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN left(input::text, 65536) || E'\n' || coalesce(left(output::text, 65536), '') || E'\n' || coalesce(left(error::text, 65536), '');

-- Texts from before this are as they were written.
DO $$
DECLARE
  body constant text := pg_get_functiondef('search_runs(jsonb, text, bigint, bigint, timestamptz, timestamptz, uuid, int)'::regprocedure);
  changed constant text := replace(body, $old$format(' AND s.content ILIKE %L', pattern)$old$, $new$CASE WHEN pattern ~ '[^\x01-\x7f]'
      THEN format(' AND (s.content ILIKE %L OR s.content ILIKE %L)', pattern, fold_case(pattern)) ELSE format(' AND s.content ILIKE %L', pattern) END$new$);
BEGIN
  IF changed = body THEN RAISE EXCEPTION 'search_runs is not what it was'; END IF;
  EXECUTE changed;
END $$;

-- What a workflow is found by: besides its steps the conditions between them, what is stuck on the canvas, its input and its output.
CREATE OR REPLACE FUNCTION workflow_content(name text, slug text, description text, draft json) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  texts text;
  body jsonb;
BEGIN
  body := draft::jsonb;
  SELECT string_agg(t #>> '{}', E'\n') INTO texts
  FROM (
    SELECT inner_texts.t FROM jsonb_path_query(body, 'lax $.nodes[*]') node,
      LATERAL (
        SELECT jsonb_path_query(node, 'lax $.name') AS t
        UNION ALL SELECT jsonb_path_query(node, 'lax $.id')
        UNION ALL SELECT jsonb_path_query(node, 'lax $.notes')
        UNION ALL SELECT jsonb_path_query(node, 'lax $.skipIf')
        UNION ALL SELECT jsonb_path_query(node, 'strict $.config.**', '{}', true)
      ) inner_texts
    UNION ALL SELECT jsonb_path_query(body, 'lax $.edges[*].when')
    UNION ALL SELECT jsonb_path_query(body, 'lax $.annotations[*].text')
    UNION ALL SELECT jsonb_path_query(body, 'strict $.output.**', '{}', true)
    UNION ALL SELECT jsonb_path_query(body, 'lax $.input.properties.keyvalue().key', '{}', true)
    UNION ALL SELECT jsonb_path_query(body, 'lax $.input.properties.*.title', '{}', true)
    UNION ALL SELECT jsonb_path_query(body, 'lax $.input.properties.*.description', '{}', true)
  ) found
  WHERE jsonb_typeof(t) IN ('string', 'number');
  RETURN fold_case(concat_ws(E'\n', name, slug, description, texts));
EXCEPTION
  WHEN data_exception THEN RETURN fold_case(concat_ws(E'\n', name, slug, description, draft::text));
END $$;
CREATE OR REPLACE FUNCTION search_workflows(patterns text[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  conditions text := '';
  pattern text;
BEGIN
  FOREACH pattern IN ARRAY patterns LOOP
    conditions := conditions || format(' AND content ILIKE %L', fold_case(pattern));
  END LOOP;
  RETURN QUERY EXECUTE 'SELECT workflow_id FROM workflow_search WHERE workspace_id = $1' || conditions USING current_workspace_id();
END $$;
UPDATE workflow_search s SET content = workflow_content(w.name, w.slug, w.description, w.draft) FROM workflow w WHERE w.id = s.workflow_id;
