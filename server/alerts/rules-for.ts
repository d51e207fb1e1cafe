import type { ClientBase } from "pg";
import type { FactKind } from "@/server/facts/contract";
import type { ActiveRule } from "./rule-state";

export interface Place {
  workspaceId: string;
  workflowId: string | null;
  triggerId: string | null;
  /** Null: it happened in none. */
  environmentId: string | null;
  /** The one rule that it is about. */
  ruleId: string | null;
}

const RULES = `
WITH RECURSIVE above AS (
  SELECT folder_id AS id FROM folder_item WHERE workspace_id = $1 AND item_type = 'workflow' AND item_id = $3
  UNION SELECT f.parent_id FROM above a JOIN folder f ON f.id = a.id AND f.workspace_id = $1 WHERE f.parent_id IS NOT NULL)
SELECT r.id, r.name, r.conditions, r.in_app AS "inApp", ARRAY(
  SELECT c.id FROM notification_rule_channel rc JOIN notification_channel c ON c.id = rc.channel_id WHERE rc.rule_id = r.id AND c.enabled ORDER BY c.id) AS "channelIds"
FROM notification_rule r
WHERE r.workspace_id = $1 AND r.enabled AND $2 = ANY (r.listens) AND CASE WHEN $5::uuid IS NOT NULL THEN r.id = $5 ELSE (r.environment_id IS NULL OR r.environment_id = $6) AND CASE r.scope_type
  WHEN 'workspace' THEN true WHEN 'workflow' THEN r.scope_id = $3 WHEN 'trigger' THEN r.scope_id = $4 WHEN 'folder' THEN r.scope_id IN (SELECT id FROM above) END END
ORDER BY r.id`;

export type RuleWithChannels = ActiveRule & { channelIds: string[] };

/** The rules whose scope holds the place: the workspace, a folder at any depth, a workflow, a trigger; and the environment. Or the one that it is about. */
export async function rulesFor(client: ClientBase, kind: FactKind, { workspaceId, workflowId, triggerId, environmentId, ruleId }: Place): Promise<RuleWithChannels[]> {
  const { rows } = await client.query<RuleWithChannels>({ name: "rules-for", text: RULES, values: [workspaceId, kind, workflowId, triggerId, ruleId, environmentId] });
  return rows;
}
