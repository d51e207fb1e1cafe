import type { ClientBase, Pool } from "pg";
import { storableJson } from "@/server/queue/storable-json";
import type { FactKind } from "@/server/facts/contract";

export interface NewFact {
  workspaceId: string;
  kind: FactKind;
  /** A second fact of the workspace with this key is the same fact. */
  key: string;
  /** Run, wait, trigger, worker or rule. */
  subjectId: string;
  body?: Record<string, unknown>;
}

const INSERT = `
INSERT INTO platform_fact (workspace_id, kind, key, subject_id, body)
SELECT workspace_id, kind, left(key, 500), subject_id, body::json FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[]) AS g(workspace_id, kind, key, subject_id, body)
ON CONFLICT (workspace_id, key) DO NOTHING`;

/** In the transaction of the change that the facts tell of: both are there or neither is. */
export async function insertFacts(client: ClientBase | Pool, facts: readonly NewFact[]): Promise<void> {
  if (facts.length === 0) return;
  const values = [
    facts.map(({ workspaceId }) => workspaceId),
    facts.map(({ kind }) => kind),
    facts.map(({ key }) => key),
    facts.map(({ subjectId }) => subjectId),
    facts.map(({ body }) => storableJson(body ?? {})),
  ];
  await client.query({ name: "platform-facts", text: INSERT, values });
}
