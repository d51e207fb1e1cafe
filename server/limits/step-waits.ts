import type { Tx } from "@/server/db/scoped";
import { SILENT_SECONDS } from "@/server/queue/step-places";
import type { StepWait } from "./contract";
import { readKey } from "./read-key";

const MOST_HOLDERS = 5;
const MOST_STEPS = 100;

interface Row {
  path: string;
  key: string;
  limit: number | null;
  since: Date;
  ahead: number;
  holders: StepWait["holders"];
}

/** Steps of a run that asked for a place a moment ago and have none. Those of a worker that went silent do not wait: they are begun again elsewhere. */
export async function findStepWaits(tx: Tx, runId: string): Promise<StepWait[]> {
  const rows = await tx.$queryRaw<Row[]>`
    select p.path, p.key, p.most as "limit", p.asked_at as since,
      (select count(*)::int from step_place o where o.workspace_id = p.workspace_id and o.key = p.key and o.taken_at is null
        and o.seen_at > clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}::float8) and (o.asked_at, o.run_id, o.path) < (p.asked_at, p.run_id, p.path)) as ahead,
      (select coalesce(json_agg(json_build_object('runId', h.run_id, 'path', h.path)), '[]') from (
        select run_id, path from step_place h where h.workspace_id = p.workspace_id and h.key = p.key and h.taken_at is not null
        order by h.taken_at, h.run_id, h.path limit ${MOST_HOLDERS}) h) as holders
    from step_place p join run_queue q on q.run_id = p.run_id and q.state = 'running'
    where p.run_id = ${runId}::uuid and p.workspace_id = current_workspace_id() and p.taken_at is null
      and p.seen_at > clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}::float8)
    order by p.asked_at, p.path limit ${MOST_STEPS}`;
  return rows.map(({ key, since, ...row }) => {
    const { nodeId, value } = readKey(key, "step");
    return { ...row, nodeId, key: value, since: since.toISOString() };
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
      and seen_at > clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}::float8)
    group by run_id order by run_id`;
}
