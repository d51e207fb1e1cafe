import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { fieldText } from "@/server/engine/field-text";
import type { FailureCause, runRefInput } from "./contract";
import { requireRun } from "./queries";
import { findRun, type RunDetailRow } from "./run-list";
import { toRunSummary } from "./views";

/** Deeper than sub-workflows are nested by default; what is deeper still is found from the last run that is told of. */
const MOST_RUNS = 20;

/** The runs below this one by whose end it failed, the outermost first, each with its step at fault; ends at one that is gone or not to be seen. */
export function failureCauses({ scope }: { scope: Scope }, { runId }: z.output<typeof runRefInput>): Promise<FailureCause[]> {
  return scope.db.transaction(async (tx) => {
    await requireRun(tx, runId);
    const causes: FailureCause[] = [];
    for (let below = await failedChild(tx, runId); below !== null && causes.length < MOST_RUNS; below = await failedChild(tx, below)) {
      const run = await findRun(tx, below);
      if (run === null) break;
      causes.push(await toCause(tx, run));
    }
    return causes;
  });
}

/** The run whose end made the step fail that this run failed at. */
async function failedChild(tx: Tx, runId: string): Promise<string | null> {
  const [child] = await tx.$queryRaw<{ id: string }[]>`
    select c.id from run r
    cross join lateral (
      select error -> 'details' ->> 'runId' as told from step_run s
      where s.run_id = r.id and s.path = r.error ->> 'path' and s.workspace_id = current_workspace_id() order by s.attempt desc limit 1) step
    join run c on c.parent_run_id = r.id and c.id::text = step.told and c.workspace_id = current_workspace_id()
    where r.id = ${runId}::uuid and r.workspace_id = current_workspace_id()`;
  return child?.id ?? null;
}

async function toCause(tx: Tx, row: RunDetailRow): Promise<FailureCause> {
  const { id, workflow, version, status, failure } = toRunSummary(row);
  const stored = version === null ? null : await tx.workflowVersion.findFirst({ where: { id: version.id }, select: { definition: true } });
  const definition = (stored?.definition ?? {}) as { nodes?: { id?: unknown; name?: unknown }[] };
  const index = definition.nodes?.findIndex((node) => node.id === failure?.nodeId) ?? -1;
  const name = definition.nodes?.[index]?.name;
  return {
    runId: id, workflow, status, failure,
    nodeName: typeof name === "string" ? name : (failure?.nodeId ?? null),
    expression: index === -1 || failure?.field === undefined ? null : fieldText(definition, index, failure.field),
  };
}
