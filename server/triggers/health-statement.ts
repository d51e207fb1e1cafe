/**
 * A statement that changes health and error of one trigger `t`. The beginning of an error and its end are facts of the platform;
 * that it goes on is none, and what
 * happens to a step of a draft that is tried is its own business.
 */
export const healthStatement = ({ where, set }: { where: string; set: string }) => `
WITH before AS MATERIALIZED (SELECT id, error IS NULL AS was_well FROM trigger WHERE ${where} FOR UPDATE),
written AS (UPDATE trigger t SET ${set} FROM before b WHERE t.id = b.id RETURNING t.id, t.workspace_id, t.error, t.is_draft, b.was_well)
INSERT INTO platform_fact (workspace_id, kind, key, subject_id, body)
SELECT workspace_id, CASE WHEN error IS NULL THEN 'trigger.recovered' ELSE 'trigger.error' END, 'trigger.health ' || id || ' ' || clock_timestamp(), id, json_build_object('error', error)
FROM written WHERE was_well <> (error IS NULL) AND NOT is_draft`;
