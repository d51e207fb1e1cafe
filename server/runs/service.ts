import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { GivenFile } from "@/server/engine/ports";
import { DomainError } from "@/server/errors/domain-error";
import { viewWaitsOfRun } from "@/server/waits/service";
import type * as contract from "./contract";
import { announce, insertMessage } from "@/server/queue/dispatch";
import { keptText } from "@/server/blobs/service";
import { requireReadableFiles } from "@/server/queue/given-files";
import { encodeGiven } from "@/server/queue/given-values";
import { cancelEach, rerunEach } from "./bulk";
import { rerun } from "./rerun";
import { isFinal, readDefinition, readSteps, requireRun, tellRunChanged, type StepsInput } from "./queries";

export { downloadValue } from "./download";
export { getCounts, getLogs, getPart, getRunDetail, getValue, isFinal, isFinished, listRuns, readLoopItems, readResult, getIterations, getOpenSteps, readStepResult, type StepPlace, type StepResult, type StepsInput } from "./queries";
export { exportLogsResponse } from "./export-logs";
export { exportRunsResponse } from "./export-response";
export { failedPath } from "./failed-path";
export { rerun } from "./rerun";
export { chartRuns } from "./run-chart";
export { countRuns } from "./count-runs";
export { getOwnResult, listOwnRuns, listStartable } from "./start-only";
export { compareNode, compareRuns } from "./compare";
export { failureCauses } from "./failure-causes";
export { filterOptions } from "./filter-options";
export { chooseVersion, requireQuota, startInlineRun, startRun, toEnqueuedRun, triggerOf, type TriggerKind } from "./start";

interface Context {
  scope: Scope;
}

/** Everything the run page begins with; step payloads are asked for one by one. */
export function getRun({ scope }: Context, { runId, outline = false, within = [] }: z.input<typeof contract.getRunInput> & { outline?: boolean; within?: string[] }): Promise<contract.RunView> {
  return scope.db.transaction(async (tx) => {
    const delta = await readSteps(tx, { runId, afterSeq: 0, outline, within });
    const definition = await readDefinition(tx, delta.run.version?.id);
    return { ...delta, definition, ...(await viewWaitsOfRun(tx, runId)) };
  });
}

export function getSteps({ scope }: Context, input: StepsInput): Promise<contract.StepDelta> {
  return scope.db.transaction(async (tx) => ({ ...(await readSteps(tx, input)), ...(await viewWaitsOfRun(tx, input.runId)) }));
}

type Requested = z.output<typeof contract.cancelRunOutput>;

/** Asks the run to end: what runs is aborted, every `finally` still happens. */
export async function cancelRun({ scope }: Context, { runId, reason }: z.output<typeof contract.cancelRunInput>): Promise<Requested> {
  return tellRun(scope, runId, { kind: "cancel", name: null, payload: encodeGiven("payload", { source: "user", ...(reason === undefined ? {} : { reason }) }), key: "cancel" }, { action: "run.cancelled", reason });
}

export function cancelRuns(context: Context, input: z.output<typeof contract.cancelRunsInput>) {
  return cancelEach(context, input, cancelRun);
}

export function rerunRuns(context: Context, input: z.output<typeof contract.rerunRunsInput>) {
  return rerunEach(context, input, rerun);
}

/** Retention leaves a kept run alone. */
export async function keepRun({ scope }: Context, { runId, kept }: z.output<typeof contract.keepRunInput>): Promise<{ runId: string; kept: boolean }> {
  await scope.db.transaction(async (tx) => {
    const before = await requireRun(tx, runId);
    if (before.kept === kept) return;
    await tx.run.updateMany({ where: { id: runId }, data: { kept } });
    await tellRunChanged(tx, runId);
    await recordAudit(tx, scope, { action: kept ? "run.kept" : "run.released", resource: { type: "run", id: runId } });
  });
  return { runId, kept };
}

/** A signal before its wait opens is kept until then. */
export async function signalRun({ scope }: Context, { runId, name, payload, key }: z.output<typeof contract.signalRunInput>): Promise<Requested> {
  const text = encodeGiven("payload", payload ?? null);
  const files = await requireReadableFiles(scope, "payload", text);
  await scope.db.transaction((tx) => requireRun(tx, runId));
  return tellRun(scope, runId, { kind: "signal", name, payload: await keptText(scope.workspaceId, runId, text), key: `signal:${key ?? newId()}`, files }, { action: "run.signalled", name });
}

interface Message {
  kind: "cancel" | "signal";
  name: string | null;
  /** As it is stored. */
  payload: string;
  key: string;
  files?: GivenFile[];
}

async function tellRun(scope: Scope, runId: string, message: Message, { action, ...after }: { action: string; reason?: string; name?: string }): Promise<Requested> {
  const told = await scope.db.transaction(async (tx) => {
    const { status } = await requireRun(tx, runId);
    const sent = isFinal(status) ? null : await insertMessage(tx, { runId, path: null, attempt: null, ...message });
    if (sent === null && message.kind === "signal") throw new DomainError("run_finished", { runId, status });
    if (sent !== null) await recordAudit(tx, scope, { action, resource: { type: "run", id: runId }, after });
    return { status, sent };
  });
  announce(told.sent?.ready ?? null);
  return { runId, status: told.status as Requested["status"], requested: told.sent !== null };
}
