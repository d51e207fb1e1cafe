import type { z } from "zod";
import { sharedPool } from "@/server/db/client";
import type { unknownCallsSchema } from "./contract";

type Place = "hook" | "route" | "email";

const FLUSH_MS = 1_000;
const AGAIN_MS = 5_000;
const KEPT_DAYS = 90;

// A built server has this module twice: for the pages and for what is answered before them.
const holder = globalThis as typeof globalThis & { millraceUnknownCalls?: Map<Place, number> };
const noted = (holder.millraceUnknownCalls ??= new Map());
let timer: NodeJS.Timeout | undefined;

const WRITE = `
INSERT INTO unknown_call AS c (place, day, count, last_at) SELECT place, (clock_timestamp() AT TIME ZONE 'UTC')::date, count, clock_timestamp() FROM unnest($1::text[], $2::bigint[]) AS g(place, count)
ON CONFLICT (place, day) DO UPDATE SET count = c.count + excluded.count, last_at = excluded.last_at`;

/** Counts a request to an address that nobody has: in memory, so that it takes no longer than any other. */
export function noteUnknownCall(place: Place): void {
  noted.set(place, (noted.get(place) ?? 0) + 1);
  timer ??= setTimeout(() => void flushUnknownCalls().catch(() => {}), FLUSH_MS).unref();
}

let underWay: Promise<void> = Promise.resolve();

/** What a write under way holds counts as written once this has ended, too. */
export function flushUnknownCalls(): Promise<void> {
  underWay = underWay.catch(() => {}).then(writeNoted);
  return underWay;
}

async function writeNoted(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const rows = [...noted];
  noted.clear();
  if (rows.length === 0) return;
  await sharedPool().query(WRITE, [rows.map(([place]) => place), rows.map(([, count]) => count)]).catch((error: unknown) => {
    // The database is away: they are counted when it is back.
    for (const [place, count] of rows) noted.set(place, (noted.get(place) ?? 0) + count);
    timer ??= setTimeout(() => void flushUnknownCalls().catch(() => {}), AGAIN_MS).unref();
    throw error;
  });
}

const READ = `
SELECT place, sum(count)::int AS count, max(last_at) AS "lastAt" FROM unknown_call WHERE day > (clock_timestamp() AT TIME ZONE 'UTC')::date - 30 GROUP BY place ORDER BY place`;

/** Of the last thirty days, in the whole installation. */
export async function listUnknownCalls(): Promise<z.output<typeof unknownCallsSchema>> {
  const { rows } = await sharedPool().query<{ place: Place; count: number; lastAt: Date }>(READ);
  return rows.map(({ lastAt, ...row }) => ({ ...row, lastAt: lastAt.toISOString() }));
}

export async function sweepUnknownCalls(): Promise<number> {
  const { rowCount } = await sharedPool().query("DELETE FROM unknown_call WHERE day < (clock_timestamp() AT TIME ZONE 'UTC')::date - $1::int", [KEPT_DAYS]);
  return rowCount ?? 0;
}
