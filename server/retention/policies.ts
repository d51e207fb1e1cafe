import type { ClientBase, Pool } from "pg";
import { readable } from "@/server/queue/readable-json";
import { DEFAULT_POLICY, overridesSchema, type Overrides, type Policy, type RetentionKind } from "./contract";

export const RETENTION_SETTING = "retention";

/** The narrowest level that says something wins. */
export function effective(...levels: readonly Overrides[]): Policy {
  const all = [...levels, DEFAULT_POLICY];
  const daysOf = (kind: RetentionKind) => all.find((level) => level[kind] !== undefined)?.[kind] ?? null;
  return { runDays: daysOf("runDays"), logDays: daysOf("logDays"), eventDays: daysOf("eventDays"), blobDays: daysOf("blobDays") };
}

export function readOverrides(value: unknown): Overrides {
  return overridesSchema.safeParse(value).data ?? {};
}

export interface WorkflowPolicy {
  /** Null: runs of definitions that are no workflow. */
  workflowId: string | null;
  policy: Policy;
}

const POLICIES = `
SELECT w.id AS "workflowId", s.value, ${readable("v.definition", "(v.definition -> 'settings' ->> 'retentionDays')::int")} AS "runDays"
FROM workflow w
LEFT JOIN workflow_version v ON v.id = w.published_version_id AND v.workspace_id = w.workspace_id
LEFT JOIN scoped_setting s ON s.key = '${RETENTION_SETTING}' AND s.scope_type = 'workflow' AND s.scope_id = w.id
WHERE w.workspace_id = $1`;

const WORKSPACE = `SELECT value FROM scoped_setting WHERE key = '${RETENTION_SETTING}' AND scope_type = 'workspace' AND scope_id = $1`;

/** Of every workflow of a workspace, deleted ones too, and of what belongs to none. */
export async function findPolicies(client: ClientBase | Pool, workspaceId: string): Promise<WorkflowPolicy[]> {
  const { rows: own } = await client.query<{ value: unknown }>({ text: WORKSPACE, values: [workspaceId] });
  const { rows } = await client.query<{ workflowId: string; value: unknown; runDays: number | null }>({ text: POLICIES, values: [workspaceId] });
  const workspace = readOverrides(own[0]?.value);
  const policies = rows.map(({ workflowId, value, runDays }) => ({ workflowId, policy: effective(readOverrides(value), runDays === null ? {} : { runDays }, workspace) }));
  return [...policies, { workflowId: null, policy: effective(workspace) }];
}
