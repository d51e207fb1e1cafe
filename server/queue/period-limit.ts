import type { ClientBase } from "pg";
import type { PeriodLimit } from "@/server/engine/ports";

const WINDOW = "SELECT starts FROM flow_window WHERE workspace_id = $1 AND key = $2 FOR UPDATE";

const MAKE = "INSERT INTO flow_window (workspace_id, key, starts, expires_at) VALUES ($1, $2, '{}', clock_timestamp()) ON CONFLICT DO NOTHING";

const KEEP = "UPDATE flow_window SET starts = $3, expires_at = to_timestamp($4::float8 / 1000) WHERE workspace_id = $1 AND key = $2";

/**
 * Reserves the next start that keeps to the limit: now, or (`later`) when the period of the one `limit` places before is over.
 * Answers when that is, milliseconds since 1970; it is not taken when it would have to be later and may not.
 */
export async function reserveStart(client: ClientBase, workspaceId: string, { key, limit, periodSeconds }: PeriodLimit, now: number, how: "now" | "later"): Promise<{ start: number; isTaken: boolean }> {
  await client.query(MAKE, [workspaceId, key]);
  const { rows } = await client.query<{ starts: number[] }>({ name: "millrace-window", text: WINDOW, values: [workspaceId, key] });
  const starts = rows[0]?.starts ?? [];
  const start = nextStart(starts, limit, periodSeconds, now);
  if (how === "now" && start > now) return { start, isTaken: false };
  await client.query(KEEP, [workspaceId, key, withStart(starts, start, limit), start + periodSeconds * 1_000]);
  return { start, isTaken: true };
}

/**
 * The earliest time from `now` on at which one more start leaves no more than `limit` of them in any period. Milliseconds; `starts` rise.
 * Who looked at the clock before another, and comes after it to the window, is not late for that: the last start may lie after `now`.
 */
export function nextStart(starts: readonly number[], limit: number, periodSeconds: number, now: number): number {
  const free = starts.length < limit ? -Infinity : starts[starts.length - limit]! + periodSeconds * 1_000;
  return free <= now ? now : Math.max(free, starts.at(-1) ?? free);
}

/** What has to be known of the starts once there is one more. */
export function withStart(starts: readonly number[], start: number, limit: number): number[] {
  return [...starts, Math.max(start, starts.at(-1) ?? start)].slice(-limit);
}
