import type { ClientBase } from "pg";
import type { PlatformEvent as EventOfPlatform } from "@/server/facts/contract";
import type { EventPlace } from "@/server/triggers/due-events";
import { eventConfig } from "@/server/triggers/kinds/event/spec";
import { valueBody } from "@/server/triggers/new-event";
import { LISTENS } from "@/server/triggers/lease-rows";
import { recordWithin } from "@/server/triggers/record";

const LISTENING = `
SELECT t.id, t.workflow_id AS "workflowId", t.config FROM trigger t JOIN workflow w ON w.id = t.workflow_id
WHERE t.workspace_id = $1 AND t.kind = 'event' AND ${LISTENS} ORDER BY t.id`;

export interface PlatformOccurrence {
  /** The same twice is one event of a trigger. */
  key: string;
  event: EventOfPlatform;
  /** Workflows whose runs led to this. */
  chain: readonly string[];
}

/**
 * Puts what happened on the platform into the inbox of the triggers that listen for it, in the caller's transaction. A trigger
 * hears of nothing that runs of its own workflow led to: else a failing error workflow would start itself. Answers the events that are new.
 */
export async function recordPlatformEvent(client: ClientBase, { key, event, chain }: PlatformOccurrence): Promise<EventPlace[]> {
  const workspaceId = event.workspace.id;
  const { rows: triggers } = await client.query<{ id: string; workflowId: string; config: unknown }>({ name: "event-triggers", text: LISTENING, values: [workspaceId] });
  const wanting = triggers.filter(({ workflowId, config }) => !chain.includes(workflowId) && wants(config, event));
  if (wanting.length === 0) return [];
  const recorded = await recordWithin(client, wanting.map(({ id }) => ({ trigger: { id, workspaceId }, dedupeKey: key, meta: { event: event.event, chain: [...chain] }, ...valueBody(event) })));
  return recorded.flatMap(({ eventId, isNew, status }, index) => (isNew && status === "received" ? [{ eventId, triggerId: wanting[index]!.id, workspaceId }] : []));
}

function wants(config: unknown, { event, workflow }: EventOfPlatform): boolean {
  const { data } = eventConfig.safeParse(config);
  if (data === undefined || !(data.events as readonly string[]).includes(event)) return false;
  return data.workflows.length === 0 || (workflow !== null && data.workflows.some((wanted) => wanted === workflow.id || wanted === workflow.slug || wanted === workflow.name));
}
