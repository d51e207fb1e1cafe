import type { ClientBase } from "pg";
import { newId } from "@/server/db/id";
import type { Category } from "./contract";
import type { Severity } from "./wording";

export interface NewNotification {
  workspaceId: string;
  /** The same twice is one. */
  key: string;
  category: Category;
  event: string;
  severity: Severity;
  title: string;
  text: string;
  path: string;
  payload: unknown;
  ruleId: string | null;
  waitId: string | null;
  /** Whose inbox it comes into. */
  userIds: readonly string[];
  channelIds: readonly string[];
  /** Mailboxes of people. */
  recipients: readonly string[];
}

const NOTIFICATION = `
INSERT INTO notification (id, workspace_id, key, category, event, severity, title, text, path, payload, rule_id, wait_id)
VALUES ($1, $2, left($3, 600), $4, $5, $6, $7, $8, $9, $10::json, $11, $12) ON CONFLICT DO NOTHING`;

const ITEMS = "INSERT INTO inbox_item (notification_id, user_id, workspace_id) SELECT $1, u, $2 FROM unnest($3::uuid[]) AS u ON CONFLICT DO NOTHING";

const DELIVERIES = `
INSERT INTO notification_delivery (id, workspace_id, notification_id, channel_id, recipient)
SELECT id, $2, $1, channel_id, recipient FROM unnest($3::uuid[], $4::uuid[], $5::text[]) AS g(id, channel_id, recipient)`;

/** In the caller's transaction: the notification, the inboxes it is in, and what is to be sent. False: it was there already. */
export async function notify(client: ClientBase, one: NewNotification): Promise<boolean> {
  if (one.userIds.length + one.channelIds.length + one.recipients.length === 0) return false;
  const id = newId();
  const values = [id, one.workspaceId, one.key, one.category, one.event, one.severity, one.title, one.text, one.path, JSON.stringify(one.payload), one.ruleId, one.waitId];
  // Names no column of it: whoever is held to parts of the workspace may tell others what they do not see themselves.
  const { rowCount } = await client.query({ name: "notification", text: NOTIFICATION, values });
  if (rowCount === 0) return false;
  if (one.userIds.length > 0) await client.query({ name: "inbox-items", text: ITEMS, values: [id, one.workspaceId, one.userIds] });
  const to: { channel: string | null; recipient: string | null }[] = [...one.channelIds.map((channel) => ({ channel, recipient: null })), ...one.recipients.map((recipient) => ({ channel: null, recipient }))];
  if (to.length > 0) {
    await client.query({ name: "notification-deliveries", text: DELIVERIES, values: [id, one.workspaceId, to.map(() => newId()), to.map(({ channel }) => channel), to.map(({ recipient }) => recipient)] });
  }
  return true;
}
