import type { ClientBase, Pool } from "pg";
import { storableText } from "@/server/expressions/storable";
import { ask } from "@/server/queue/ask";
import type { Severity } from "./wording";

/** A delivery with all that sending it takes. */
export interface DueDelivery {
  id: string;
  workspaceId: string;
  attempts: number;
  recipient: string | null;
  notification: { id: string; category: "alerts" | "approvals"; event: string; severity: Severity; title: string; text: string; path: string; payload: unknown; waitId: string | null };
  channel: { id: string; kind: "email" | "slack" | "webhook"; enabled: boolean; config: { to?: string[]; url?: string }; sealed: string | null; dataKeyId: string | null } | null;
  workspace: { slug: string; name: string };
}

/** Of what was pending for a channel that nobody wants to hear by any more. */
export const SWITCHED_OFF = "the channel was switched off";

export const MAX_ATTEMPTS = 8;
const FIRST_RETRY_SECONDS = 15;
const MAX_RETRY_SECONDS = 3_600;
/** Whoever took a delivery and died is followed by another after this time. */
const HELD_SECONDS = 90;

const SELECT = `
SELECT d.id, d.workspace_id AS "workspaceId", d.attempts, d.recipient,
  json_build_object('id', n.id, 'category', n.category, 'event', n.event, 'severity', n.severity, 'title', n.title, 'text', n.text, 'path', n.path, 'payload', n.payload, 'waitId', n.wait_id) AS notification,
  CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'kind', c.kind, 'config', c.config, 'enabled', c.enabled, 'sealed', encode(c.sealed, 'base64'), 'dataKeyId', c.data_key_id) END AS channel,
  json_build_object('slug', w.slug, 'name', w.name) AS workspace
FROM taken d JOIN notification n ON n.id = d.notification_id JOIN workspace w ON w.id = d.workspace_id LEFT JOIN notification_channel c ON c.id = d.channel_id`;

const take = (which: string) => `
WITH taken AS (
  UPDATE notification_delivery SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => ${HELD_SECONDS}) WHERE id IN (${which}) RETURNING *)
${SELECT}`;

const TAKE_DUE = take("SELECT id FROM notification_delivery WHERE status = 'pending' AND due_at <= (SELECT clock_timestamp()) ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED");
const TAKE_ONE = take("SELECT id FROM notification_delivery WHERE id = $1 AND status = 'pending' FOR UPDATE SKIP LOCKED");

/** A look that finds nothing, which most do, locks nothing. */
export function hasDue(): Promise<boolean> {
  return ask("EXISTS (SELECT FROM notification_delivery WHERE status = 'pending' AND due_at <= (SELECT clock_timestamp()))");
}

export async function takeDue(client: ClientBase | Pool, limit: number): Promise<DueDelivery[]> {
  const { rows } = await client.query<DueDelivery>({ name: "deliveries-due", text: TAKE_DUE, values: [limit] });
  return rows;
}

/** Null: it is not pending, or another process is at it. */
export async function takeOne(client: ClientBase | Pool, id: string): Promise<DueDelivery | null> {
  const { rows } = await client.query<DueDelivery>(TAKE_ONE, [id]);
  return rows[0] ?? null;
}

const SENT = "UPDATE notification_delivery SET status = 'sent', sent_at = clock_timestamp(), error = NULL WHERE id = $1 AND status = 'pending' AND attempts = $2";
const NOT_SENT = `
UPDATE notification_delivery SET status = $3, error = left($4, 1000), due_at = clock_timestamp() + make_interval(secs => $5) WHERE id = $1 AND status = 'pending' AND attempts = $2`;

export async function markSent(client: ClientBase | Pool, { id, attempts }: Pick<DueDelivery, "id" | "attempts">): Promise<void> {
  await client.query(SENT, [id, attempts]);
}

export async function markNotSent(client: ClientBase | Pool, { id, attempts }: Pick<DueDelivery, "id" | "attempts">, status: "pending" | "failed" | "cancelled", reason: string): Promise<void> {
  await client.query(NOT_SENT, [id, attempts, status, storableText(reason), retrySeconds(attempts)]);
}

/** Before the attempt after this one. */
export function retrySeconds(attempts: number): number {
  return Math.min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (attempts - 1));
}
