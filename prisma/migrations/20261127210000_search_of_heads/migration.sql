-- Of what a run was given that lies in the blob store, the beginning is beside the reference, and is searched as if the value were in the row.
CREATE FUNCTION given_text(given json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN left(given::text, 9) = '{"$blob":' THEN coalesce(given ->> 'head', given::text) ELSE given::text END;
CREATE OR REPLACE FUNCTION run_content(input json, output json, error json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN fold_case(searched_text(given_text(input)) || E'\n' || coalesce(searched_text(output::text), '') || E'\n' || coalesce(searched_text(error::text), ''));
CREATE OR REPLACE FUNCTION run_text(input json, output json, error json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN left(given_text(input), 65536) || E'\n' || coalesce(left(output::text, 65536), '') || E'\n' || coalesce(left(error::text, 65536), '');
