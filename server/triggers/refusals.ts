import { sharedPool } from "@/server/db/client";

const FLUSH_MS = 1_000;
const AGAIN_MS = 5_000;
const noted = new Map<string, { triggerId: string; reason: string; count: number }>();
let timer: NodeJS.Timeout | undefined;

const WRITE = `
UPDATE trigger SET refusals = coalesce(refusals, '{}'::jsonb) || jsonb_build_object($2::text, jsonb_build_object(
  'count', coalesce((refusals -> $2 ->> 'count')::bigint, 0) + $3, 'lastAt', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
WHERE id = $1`;

/** Counts a request that was turned away, by reason, so that people see why nothing starts. Gathered: a flood must not become one of writes. */
export function noteRefusal(triggerId: string, reason: string): void {
  note({ triggerId, reason, count: 1 });
  timer ??= setTimeout(() => void flushRefusals().catch(() => {}), FLUSH_MS).unref();
}

function note({ triggerId, reason, count }: { triggerId: string; reason: string; count: number }): void {
  const key = `${triggerId} ${reason}`;
  noted.set(key, { triggerId, reason, count: (noted.get(key)?.count ?? 0) + count });
}

let underWay: Promise<void> = Promise.resolve();

/** What a write under way holds counts as written once this has ended, too. */
export function flushRefusals(): Promise<void> {
  underWay = underWay.catch(() => {}).then(writeNoted);
  return underWay;
}

async function writeNoted(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const rows = [...noted.values()].sort((one, other) => (one.triggerId < other.triggerId ? -1 : 1));
  noted.clear();
  for (const [index, { triggerId, reason, count }] of rows.entries()) {
    await sharedPool().query({ name: "trigger-refusals", text: WRITE, values: [triggerId, reason, count] }).catch((error: unknown) => {
      // The database is away: they are counted when it is back.
      for (const left of rows.slice(index)) note(left);
      timer ??= setTimeout(() => void flushRefusals().catch(() => {}), AGAIN_MS).unref();
      throw error;
    });
  }
}
