import { sharedPool } from "@/server/db/client";
import { ofChain } from "@/server/audit/service";

/** One event as others get it. With `seq` and `hash` they can verify the chain themselves. */
export interface StreamedEvent {
  seq: number;
  hash: string;
  id: string;
  at: string;
  organizationId: string | null;
  workspaceId: string | null;
  actor: { type: string; id: string | null; name: string | null };
  action: string;
  resource: { type: string; id: string | null; name: string | null } | null;
  before: unknown;
  after: unknown;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
}

const EVENTS_PER_BATCH = 200;
const BYTES_PER_BATCH = 512 * 1_024;

const COLUMNS = `
  json_build_object('seq', chain_seq, 'hash', encode(chain_hash, 'hex'), 'id', id, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'organizationId', organization_id, 'workspaceId', workspace_id, 'actor', json_build_object('type', actor_type, 'id', actor_id, 'name', actor_name),
    'action', action, 'resource', CASE WHEN resource_type IS NOT NULL THEN json_build_object('type', resource_type, 'id', resource_id, 'name', resource_name) END,
    'before', before, 'after', "after", 'ip', ip, 'userAgent', user_agent, 'requestId', request_id)`;

/** The next sealed events of a chain, in its order; throws when one between is not there. */
export async function nextEvents(organizationId: string | null, afterSeq: string): Promise<StreamedEvent[]> {
  const { rows } = await sharedPool().query<{ text: string }>(
    `SELECT ${COLUMNS}::text AS text FROM audit_event WHERE ${ofChain(organizationId, "$1")} AND chain_seq > $2 ORDER BY chain_seq LIMIT ${EVENTS_PER_BATCH}`,
    [organizationId, afterSeq],
  );
  const events: StreamedEvent[] = [];
  let bytes = 0;
  for (const { text } of rows) {
    bytes += Buffer.byteLength(text);
    if (events.length > 0 && bytes > BYTES_PER_BATCH) break;
    const event = JSON.parse(text) as StreamedEvent;
    const expected = Number(afterSeq) + events.length + 1;
    if (event.seq !== expected) throw new Error(`entry ${expected} of the chain is missing: check the chain. Nothing behind it is sent until somebody starts the stream anew.`);
    events.push(event);
  }
  return events;
}
