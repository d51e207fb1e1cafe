import { rawDb, sharedPool } from "@/server/db/client";
import { activeDataKey, open, openDataKey, seal, type Sealed, type SealedPlace } from "@/server/secrets/service";

/** Workspace setting: headers and bodies of events are encrypted with the workspace's data key. */
export const SEAL_SETTING = "triggers.sealEvents";

const REMEMBER_MS = 5_000;
// A built server has this module twice: for the pages and for what is answered before them.
const holder = globalThis as typeof globalThis & { millraceSealing?: Map<string, { sealed: boolean; until: number }> };
const remembered = (holder.millraceSealing ??= new Map());

/** Another process hears of a change of the setting within seconds. */
export async function sealsEvents(workspaceId: string): Promise<boolean> {
  const known = remembered.get(workspaceId);
  if (known !== undefined && known.until > performance.now()) return known.sealed;
  const { rows } = await sharedPool().query<{ value: unknown }>({
    name: "trigger-seal-setting",
    text: `select value from scoped_setting where key = $1 and (workspace_id = $2 or scope_type = 'platform')
      order by workspace_id nulls last limit 1`,
    values: [SEAL_SETTING, workspaceId],
  });
  const sealed = rows[0]?.value === true;
  remembered.set(workspaceId, { sealed, until: performance.now() + REMEMBER_MS });
  return sealed;
}

export function forgetSealSetting(workspaceId: string): void {
  remembered.delete(workspaceId);
}

export interface EventContent {
  headers: Record<string, string>;
  body: Uint8Array | null;
}

interface Place {
  workspaceId: string;
  eventId: string;
}

/** Headers and body in one envelope that opens for this event only. */
export async function sealContent(place: Place, { headers, body }: EventContent): Promise<{ keyId: string; sealed: Sealed }> {
  const { id: keyId, key } = await rawDb().$transaction((tx) => activeDataKey(tx, place.workspaceId));
  const head = Buffer.from(JSON.stringify(headers));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const flag = Buffer.of(body === null ? 0 : 1);
  return { keyId, sealed: seal(key, Buffer.concat([flag, length, head, body ?? Buffer.alloc(0)]), bindingOf(place)) };
}

export async function openContent(place: Place, keyId: string, sealed: Uint8Array): Promise<EventContent> {
  const row = await rawDb().dataKey.findFirstOrThrow({ where: { id: keyId, workspaceId: place.workspaceId } });
  const plain = open(openDataKey(row).key, sealed, bindingOf(place));
  const bodyAt = 5 + plain.readUInt32BE(1);
  const headers = JSON.parse(plain.subarray(5, bodyAt).toString("utf8")) as Record<string, string>;
  return { headers, body: plain[0] === 0 ? null : plain.subarray(bodyAt) };
}

export const SEALED_EVENTS: SealedPlace = {
  table: "trigger_event",
  sealed: "body",
  dataKey: "data_key_id",
  blob: "body_blob_id",
  binding: ({ id, workspaceId }) => bindingOf({ workspaceId, eventId: id }),
};

function bindingOf({ workspaceId, eventId }: Place): string {
  return `event ${eventId} of workspace ${workspaceId}`;
}
