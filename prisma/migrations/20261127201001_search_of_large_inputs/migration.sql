-- Of what a run was given that lies in the blob store, the beginning is beside the reference.
CREATE OR REPLACE FUNCTION run_content(input json, output json, error json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN left(CASE WHEN left(input::text, 9) = '{"$blob":' THEN coalesce(input ->> 'head', input::text) ELSE input::text END, 8192)
    || E'\n' || coalesce(left(output::text, 8192), '') || E'\n' || coalesce(left(error::text, 8192), '');
