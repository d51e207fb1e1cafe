import type { Tx } from "@/server/db/scoped";
import type { StepWait } from "./contract";
import { aheadOf, COUNTED_AHEAD } from "./queries";
import { readKey } from "./read-key";

const MOST_HOLDERS = 5;
const MOST_STEPS = 100;

interface Row {
  path: string;
  key: string;
  limit: number | null;
  since: Date;
  seen: number;
  holders: StepWait["holders"];
}

/** Steps of a run that stand in line for a place. */
export async function findStepWaits(tx: Tx, runId: string): Promise<StepWait[]> {
  const rows = await tx.$queryRaw<Row[]>`
    with mine as materialized (
      select run_id, path, key, most, asked_at from step_place
      where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and taken_at is null order by asked_at, path limit ${MOST_STEPS}
    )
    select p.path, p.key, p.most as "limit", p.asked_at as since,
      (select count(*)::int from (
        select from step_place a where a.workspace_id = current_workspace_id() and a.key = p.key and a.taken_at is null and a.gives_way_at is null
          and (a.asked_at, a.run_id, a.path) < (p.asked_at, p.run_id, p.path) limit ${COUNTED_AHEAD + 1}) a) as seen,
      (select coalesce(json_agg(json_build_object('runId', h.run_id, 'path', h.path)), '[]') from (
        select run_id, path from step_place h where h.workspace_id = current_workspace_id() and h.key = p.key and h.taken_at is not null
        order by h.taken_at, h.run_id, h.path limit ${MOST_HOLDERS}) h) as holders
    from mine p order by p.asked_at, p.path`;
  return rows.map(({ key, since, seen, ...row }) => {
    const { nodeId, value } = readKey(key, "step");
    return { ...row, ...aheadOf(seen), nodeId, key: value, since: since.toISOString() };
  });
}

export interface StepWaitCount {
  runId: string;
  key: string;
  limit: number | null;
  count: number;
}

/** Of many runs: how many steps wait for a place, and the limit that the first of them is under. */
export function countStepWaits(tx: Tx, runIds: readonly string[]): Promise<StepWaitCount[]> {
  return tx.$queryRaw<StepWaitCount[]>`
    select run_id as "runId", (array_agg(key order by asked_at, path))[1] as key, (array_agg(most order by asked_at, path))[1] as "limit", count(*)::int as count
    from step_place where run_id = any(${runIds}::uuid[]) and workspace_id = current_workspace_id() and taken_at is null
    group by run_id order by run_id`;
}
