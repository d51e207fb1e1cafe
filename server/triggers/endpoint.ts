import { plannedPool, sharedPool } from "@/server/db/client";
import { readTriggerSecret } from "@/server/secrets/service";
import { Batcher } from "@/server/triggers/batcher";
import { type RunTarget, TARGET_FIELDS } from "@/server/triggers/due-events";
import { isTriggerKind, TRIGGER_KINDS } from "@/server/triggers/kinds";
import { REFUSES } from "@/server/triggers/pause-rows";
import { readSigningSecret } from "@/server/triggers/subscription-rows";
import { hashToken } from "@/server/triggers/token";

/** A trigger that requests come to, as the web process needs it, with what its runs are made of. */
export interface Endpoint extends RunTarget {
  id: string;
  workspaceId: string;
  workflowId: string;
  name: string;
  kind: string;
  /** Somebody has paused it until then, and it takes nothing in meanwhile. */
  pausedUntil: Date | null;
  /** Whether events may come in: enabled or suspended, not paused, in use by a workflow that is neither archived nor deleted, or captured for the builder. */
  isOpen: boolean;
  config: Record<string, unknown>;
  /** When it was read, by the database's clock. */
  readAt: Date;
}

const IN_USE = "t.mode <> 'disabled' AND t.retired_at IS NULL AND NOT t.dormant AND w.archived_at IS NULL AND w.deleted_at IS NULL";

export const ENDPOINT_FIELDS = `t.id, t.workspace_id AS "workspaceId", t.workflow_id AS "workflowId", t.name, t.kind, t.config, clock_timestamp() AS "readAt", ${TARGET_FIELDS},
  CASE WHEN ${IN_USE} AND ${REFUSES} THEN t.paused_until END AS "pausedUntil",
  (${IN_USE} AND NOT ${REFUSES}) OR coalesce(t.capture_until > now(), false) AS "isOpen"`;

const FIND = `
SELECT g.ord::int AS ord, ${ENDPOINT_FIELDS}
FROM unnest($1::bytea[]) WITH ORDINALITY AS g(token_hash, ord) JOIN trigger t ON t.token_hash = g.token_hash JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = t.workspace_id`;

const finder = new Batcher<Uint8Array, Endpoint | null>(200, async (hashes) => {
  const { rows } = await plannedPool().query<Endpoint & { ord: number }>({ name: "trigger-by-token", text: FIND, values: [hashes] });
  const found = new Map(rows.map(({ ord, ...endpoint }) => [ord - 1, endpoint]));
  return hashes.map((_, index) => found.get(index) ?? null);
});

/** By the hash of the token: a token that is nearly right takes as long as any other. */
export async function findEndpointByToken(token: string): Promise<Endpoint | null> {
  const endpoint = await finder.add(hashToken(token));
  return endpoint === null ? null : checked(endpoint);
}

export function checked(endpoint: Endpoint): Endpoint {
  return isTriggerKind(endpoint.kind) ? { ...endpoint, config: TRIGGER_KINDS[endpoint.kind].config.parse(endpoint.config) } : { ...endpoint, isOpen: false };
}

/** A rotated secret is used after this time at the latest. */
const SECRET_KEPT_MS = 5_000;
const secrets = new Map<string, { value: Promise<string | null>; until: number }>();

export function endpointSecret(endpoint: Endpoint, name: string): Promise<string | null> {
  return remembered(`${endpoint.id} ${name}`, () => readTriggerSecret(endpoint, name));
}

/** What the provider of the endpoint's trigger signs with. */
export function signingSecretOf(endpoint: Endpoint): Promise<string | null> {
  return remembered(`${endpoint.id} / signing`, () => readSigningSecret(endpoint));
}

function remembered(key: string, read: () => Promise<string | null>): Promise<string | null> {
  const known = secrets.get(key);
  if (known !== undefined && known.until > performance.now()) return known.value;
  if (secrets.size > 1_000) secrets.clear();
  const value = read();
  secrets.set(key, { value, until: performance.now() + SECRET_KEPT_MS });
  value.then((found) => found === null && secrets.delete(key), () => secrets.delete(key));
  return value;
}

/** What of a run the caller of its trigger hears. */
export interface RunAnswer {
  eventStatus: string;
  eventError: { code: string; message: string; field?: string } | null;
  status: string | null;
  /** Stored texts. */
  output: string | null;
  respond: string | null;
}

const ANSWER = `
SELECT e.id AS "eventId", e.status AS "eventStatus", e.error AS "eventError", r.status, CASE WHEN r.status = 'succeeded' THEN r.output::text END AS output,
  (SELECT s.output::text FROM step_run s WHERE s.run_id = e.run_id AND s.kind = 'respond' AND s.status = 'succeeded' AND s.seq IS NOT NULL ORDER BY s.seq LIMIT 1) AS respond
FROM unnest($1::uuid[], $2::uuid[]) AS g(id, workspace_id) JOIN trigger_event e ON e.id = g.id AND e.workspace_id = g.workspace_id LEFT JOIN run r ON r.id = e.run_id`;

const answers = new Batcher<{ workspaceId: string; eventId: string }, RunAnswer | null>(200, async (places) => {
  const { rows } = await plannedPool().query<RunAnswer & { eventId: string }>({ name: "trigger-answer", text: ANSWER, values: [places.map(({ eventId }) => eventId), places.map(({ workspaceId }) => workspaceId)] });
  const found = new Map(rows.map((row) => [row.eventId, row]));
  return places.map(({ eventId }) => found.get(eventId) ?? null);
});

export function readRunAnswer(workspaceId: string, eventId: string): Promise<RunAnswer | null> {
  return answers.add({ workspaceId, eventId });
}

export interface StepNotice {
  path: string;
  nodeId: string;
  kind: string;
  status: string;
  seq: number;
}

export const NOTICES_AT_ONCE = 1_000;

/** Steps that ended after `afterSeq`, in order, so many at most. */
export async function readStepNotices(workspaceId: string, runId: string, afterSeq: number): Promise<StepNotice[]> {
  const { rows } = await sharedPool().query<StepNotice>({
    name: "trigger-steps",
    text: `SELECT path, node_id AS "nodeId", kind, status, seq FROM step_run WHERE run_id = $1 AND workspace_id = $2 AND seq > $3 ORDER BY seq LIMIT ${NOTICES_AT_ONCE}`,
    values: [runId, workspaceId, afterSeq],
  });
  return rows;
}
