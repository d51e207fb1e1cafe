import { Prisma } from "@/prisma/generated/client";
import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import type { Compared, ComparedNode, comparedNodeInput, compareRunsInput } from "./contract";
import { nodeText, nodeTexts } from "./node-text";
import { readDefinition, requireRun } from "./queries";
import { readable } from "@/server/queue/readable-json";
import type { RunDetailRow } from "./run-list";
import { toRunSummary } from "./views";

/** Steps that are shown; those that differ come first, and the totals say what is left out. */
const SHOWN_STEPS = 500;

interface StepPair {
  path: string;
  nodeId: string;
  leftStatus: string | null;
  leftAttempts: number | null;
  leftMs: number | null;
  rightStatus: string | null;
  rightAttempts: number | null;
  rightMs: number | null;
  sameInput: boolean;
  sameOutput: boolean;
  sameError: boolean;
  isDifferent: boolean;
  differing: number;
  total: number;
}

/** What differed between two runs: version, input, and the last attempt of every step. */
export function compareRuns({ scope }: { scope: Scope }, { runId, otherId }: z.output<typeof compareRunsInput>): Promise<Compared> {
  return scope.db.transaction(async (tx) => {
    const [left, right] = [await requireRun(tx, runId), await requireRun(tx, otherId)];
    const [values] = await tx.$queryRaw<{ input: boolean; output: boolean }[]>`
      select ${digestOf("a.input")} = ${digestOf("b.input")} as input, ${digestOf("a.output")} is not distinct from ${digestOf("b.output")} as output
      from run a, run b where a.id = ${runId}::uuid and b.id = ${otherId}::uuid`;
    const changed = await changedNodes(tx, left, right);
    const pairs = await pairSteps(tx, runId, otherId, [...changed]);
    return {
      left: toRunSummary(left),
      right: toRunSummary(right),
      same: { version: left.versionId === right.versionId, input: values?.input ?? false, output: values?.output ?? false },
      steps: pairs.map((pair) => ({
        path: pair.path,
        nodeId: pair.nodeId,
        left: sideOf(pair.leftStatus, pair.leftAttempts, pair.leftMs),
        right: sideOf(pair.rightStatus, pair.rightAttempts, pair.rightMs),
        sameInput: pair.sameInput,
        sameOutput: pair.sameOutput,
        sameError: pair.sameError,
        sameConfig: !changed.has(pair.nodeId),
      })),
      differing: pairs[0]?.differing ?? 0,
      total: pairs[0]?.total ?? 0,
    };
  });
}

/** The steps of which the versions of both runs say something different. */
async function changedNodes(tx: Tx, left: RunDetailRow, right: RunDetailRow): Promise<ReadonlySet<string>> {
  if (left.versionId === right.versionId) return new Set();
  const [one, other] = [nodeTexts(await definitionOf(tx, left)), nodeTexts(await definitionOf(tx, right))];
  return new Set([...one.keys(), ...other.keys()].filter((id) => one.get(id) !== other.get(id)));
}

function definitionOf(tx: Tx, { versionId }: RunDetailRow): Promise<Record<string, unknown>> {
  return readDefinition(tx, versionId ?? undefined);
}

/** One step as the versions of both runs define it. */
export function compareNode({ scope }: { scope: Scope }, { runId, otherId, nodeId }: z.output<typeof comparedNodeInput>): Promise<ComparedNode> {
  return scope.db.transaction(async (tx) => {
    const [left, right] = [await requireRun(tx, runId), await requireRun(tx, otherId)];
    return { left: nodeText(await definitionOf(tx, left), nodeId), right: nodeText(await definitionOf(tx, right), nodeId) };
  });
}

function sideOf(status: string | null, attempts: number | null, milliseconds: number | null) {
  return status === null ? null : { status: status as "running", attempts: attempts ?? 1, milliseconds };
}

/** Of a value that lies in the blob store, its content, not where it lies; of others what they say, in whatever order. */
function digestOf(column: "input" | "output" | "error" | "a.input" | "b.input" | "a.output" | "b.output"): Prisma.Sql {
  const value = Prisma.raw(column);
  const text = Prisma.raw(`coalesce(${readable(column, `${column}::jsonb::text`)}, ${column}::text)`);
  return Prisma.sql`case when ${value}::text like '{"$blob":"%'
    then coalesce((select encode(f.sha256, 'hex') from blob f where f.id = (${value} ->> '$blob')::uuid and f.workspace_id = current_workspace_id()), md5(${value}::text)) else md5(${text}) end`;
}

function pairSteps(tx: Tx, runId: string, otherId: string, changed: readonly string[]): Promise<StepPair[]> {
  return tx.$queryRaw<StepPair[]>`
    with latest as materialized (
      select distinct on (run_id, path) run_id, path, node_id, attempt, status, ${digestOf("input")} as input, ${digestOf("output")} as output, ${digestOf("error")} as error,
        (extract(epoch from finished_at - started_at) * 1000)::float8 as ms, started_at
      from step_run where run_id in (${runId}::uuid, ${otherId}::uuid) and workspace_id = current_workspace_id()
      order by run_id, path, attempt desc),
    pairs as (
      select coalesce(a.path, b.path) as path, coalesce(a.node_id, b.node_id) as node_id, a.status as left_status, a.attempt as left_attempts, a.ms as left_ms,
        b.status as right_status, b.attempt as right_attempts, b.ms as right_ms, a.input is not distinct from b.input as same_input,
        a.output is not distinct from b.output as same_output, a.error is not distinct from b.error as same_error, coalesce(a.started_at, b.started_at) as started_at
      from (select * from latest where run_id = ${runId}::uuid) a full join (select * from latest where run_id = ${otherId}::uuid) b on a.path = b.path),
    judged as (select *, left_status is distinct from right_status or left_attempts is distinct from right_attempts or not same_output or not same_input or not same_error
      or node_id = any (${changed}::text[]) as is_different from pairs)
    select path, node_id as "nodeId", left_status as "leftStatus", left_attempts as "leftAttempts", left_ms as "leftMs", right_status as "rightStatus",
      right_attempts as "rightAttempts", right_ms as "rightMs", same_input as "sameInput", same_output as "sameOutput", same_error as "sameError", is_different as "isDifferent",
      (count(*) filter (where is_different) over ())::int as differing, (count(*) over ())::int as total
    from judged order by is_different desc, started_at, path limit ${SHOWN_STEPS}`;
}
