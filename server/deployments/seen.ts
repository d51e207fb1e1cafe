import { queryAsTenant } from "@/server/db/tenant-query";
import { calledBy, type Environment } from "@/server/environments/service";

export interface Seen {
  /** Of the environment; else for all. */
  isOwn: boolean;
  /** JSON text of a variable. */
  value: string | null;
}

const SEEN = `
SELECT DISTINCT ON (x.what, x.name) x.what || ' ' || x.name AS key, x.environment_id IS NOT NULL AS "isOwn", x.value
FROM (
  SELECT 'secret' AS what, name, folder_id, environment_id, NULL::text AS value FROM secret WHERE workspace_id = $1 AND name = ANY ($3)
  UNION ALL SELECT 'variable', name, folder_id, environment_id, value::text FROM variable WHERE workspace_id = $1 AND name = ANY ($4)) x
LEFT JOIN folder_chain($2) c ON c.id = x.folder_id
WHERE (x.folder_id IS NULL OR c.id IS NOT NULL) AND CASE WHEN x.environment_id IS NULL THEN NOT $6 ELSE x.environment_id = $5 END
ORDER BY x.what, x.name, c.depth NULLS LAST, x.environment_id NULLS LAST`;

/**
 * What runs of a workflow see under these names in an environment. Whoever promotes hears of the names that the version has,
 * also where they have access to parts of the workspace only: its runs see more than they do.
 */
export async function findSeen(workspaceId: string, workflowId: string, environment: Environment | null, { secrets, variables }: { secrets: string[]; variables: string[] }): Promise<Map<string, Seen>> {
  if (secrets.length + variables.length === 0) return new Map();
  const values = [workspaceId, workflowId, secrets, variables, environment?.id ?? null, environment?.isStrict ?? false];
  const { rows } = await queryAsTenant<Seen & { key: string }>(workspaceId, { text: SEEN, values });
  return new Map(rows.map(({ key, ...seen }) => [key, seen]));
}

const CALLED = `
SELECT w.id, w.name, EXISTS (
  SELECT FROM deployment d JOIN workflow_version v ON v.id = d.version_id
  WHERE d.workflow_id = w.id AND d.environment_id = $3 AND CASE WHEN $4::int IS NULL THEN d.replaced_at IS NULL ELSE v.number = $4 END) AS "isThere"
FROM ${calledBy("$2")} w
WHERE w.archived_at IS NULL`;

/** A workflow as a step names it; without a number: whether the environment has any version of it. */
export async function findCalled(workspaceId: string, workflow: string, environmentId: string, number: number | null): Promise<{ id: string; name: string; isThere: boolean } | null> {
  const { rows } = await queryAsTenant<{ id: string; name: string; isThere: boolean }>(workspaceId, { text: CALLED, values: [workspaceId, workflow, environmentId, number] });
  return rows[0] ?? null;
}
