import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { decodeNumber, encodePlace, pageFrom } from "@/server/db/keyset";
import { planned } from "@/server/db/planned";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import { FINAL_RUN_STATUSES, STEPS_PER_ANSWER } from "./constants";
import type * as contract from "./contract";
import { findRuns } from "./find-runs";
import { findChildren, findRun, type RunDetailRow } from "./run-list";
import { countOpenSteps, findChangedSteps, findIterations, findLogs, findLoops, findOpenSteps, pageOpenSteps } from "./step-rows";
import { toLogLine, toRunDetail, toRunSummary, toStepSummary } from "./views";
import { countBlobs, countItems } from "./count-items";
import { plainValue, readPart, readPlainValue, readSlice, readText, type StoredText } from "./values";

interface Context {
  scope: Scope;
}

export function listRuns({ scope }: Context, input: z.output<typeof contract.listRunsInput>): Promise<contract.RunPage> {
  return scope.db.transaction(async (tx) => {
    const { rows, stoppedAt } = await findRuns(tx, scope.workspaceId, input);
    const page = pageFrom(rows, input.limit, ({ createdAt, id }) => ({ at: createdAt, id }), toRunSummary);
    if (page.nextCursor !== null || stoppedAt === null) return { ...page, searchedTo: null };
    return { ...page, nextCursor: encodePlace(stoppedAt), searchedTo: stoppedAt.at.toISOString() };
  });
}

export async function requireRun(tx: Tx, runId: string): Promise<RunDetailRow> {
  const run = await findRun(tx, runId);
  if (run === null) throw new DomainError("not_found", { what: "run", id: runId });
  return run;
}

export function isFinal(status: string): boolean {
  return (FINAL_RUN_STATUSES as readonly string[]).includes(status);
}

export function getRunDetail({ scope }: Context, runId: string): Promise<contract.RunDetail> {
  return scope.db.transaction(async (tx) => toRunDetail(await requireRun(tx, runId), await findChildren(tx, runId)));
}

export type StepsInput = Pick<z.output<typeof contract.runStepsInput>, "runId" | "afterSeq"> & Partial<Pick<z.output<typeof contract.runStepsInput>, "under" | "outline" | "within">>;

/** The run as it is now, and the step runs that changed after `afterSeq`. */
export async function readSteps(tx: Tx, { runId, afterSeq, under, outline = false, within = [] }: StepsInput): Promise<Omit<contract.StepDelta, "waits" | "moreWaits">> {
  const run = toRunDetail(await requireRun(tx, runId), await findChildren(tx, runId));
  const part = { runId, under, within: outline ? within : null };
  const changed = await findChangedSteps(tx, part, afterSeq);
  const more = changed.length > STEPS_PER_ANSWER;
  const told = changed.slice(0, STEPS_PER_ANSWER);
  const seq = told.at(-1)?.changeSeq ?? afterSeq;
  const known = new Set(told.map(({ path, attempt }) => `${path}#${attempt}`));
  const found = more ? [] : await findOpenSteps(tx, part);
  const moreOpenSteps = found.length < STEPS_PER_ANSWER ? 0 : (await countOpenSteps(tx, part)) - found.length;
  const open = found.filter(({ path, attempt }) => !known.has(`${path}#${attempt}`));
  const loops = outline ? await findLoops(tx, runId, within) : [];
  return { run, loops, steps: [...told, ...open].map(toStepSummary), seq, more, moreOpenSteps };
}

export function getIterations({ scope }: Context, { runId, loop, from, limit }: z.output<typeof contract.runIterationsInput>): Promise<z.output<typeof contract.runIterationsOutput>> {
  return scope.db.transaction(async (tx) => {
    await requireRun(tx, runId);
    return { steps: (await findIterations(tx, runId, loop, from, limit)).map(toStepSummary) };
  });
}

export function getOpenSteps({ scope }: Context, { runId, outline, within, after, limit }: z.output<typeof contract.openStepsInput>): Promise<z.output<typeof contract.openStepsOutput>> {
  return scope.db.transaction(async (tx) => {
    await requireRun(tx, runId);
    const found = await pageOpenSteps(tx, { runId, within: outline ? within : null }, after, limit + 1);
    const shown = found.slice(0, limit);
    return { steps: shown.map(toStepSummary), next: found.length > limit ? (shown.at(-1)?.path ?? null) : null };
  });
}

export async function readDefinition(tx: Tx, versionId: string | undefined): Promise<Record<string, unknown>> {
  const [version] = versionId === undefined ? [] : await tx.$queryRaw<{ definition: Record<string, unknown> }[]>`${planned}
    select definition from workflow_version where id = ${versionId}::uuid and workspace_id = current_workspace_id()`;
  if (version === undefined) throw new DomainError("not_found", { what: "version" });
  return version.definition;
}

export function getValue({ scope }: Context, input: z.output<typeof contract.runValueInput>): Promise<z.output<typeof contract.runValueSchema>> {
  return scope.db.transaction(async (tx) => {
    await requireRun(tx, input.runId);
    return readSlice(tx, scope.workspaceId, input);
  });
}

export function getPart({ scope }: Context, input: z.output<typeof contract.runSliceInput>): Promise<z.output<typeof contract.runSliceSchema>> {
  return scope.db.transaction(async (tx) => {
    await requireRun(tx, input.runId);
    return readPart(tx, scope.workspaceId, input);
  });
}

export function openStoredText({ scope }: Context, place: Pick<z.output<typeof contract.runValueInput>, "runId" | "path" | "attempt" | "what">): Promise<StoredText | null> {
  return scope.db.transaction(async (tx) => {
    await requireRun(tx, place.runId);
    return readText(tx, scope.workspaceId, place);
  });
}

export async function getCounts({ scope }: Context, input: z.output<typeof contract.runCountsInput>): Promise<Record<string, number>> {
  const counted = await scope.db.transaction(async (tx) => {
    await requireRun(tx, input.runId);
    return countItems(tx, input);
  });
  // A slow store keeps no connection.
  return countBlobs(scope.workspaceId, counted);
}

export interface StepPlace {
  runId: string;
  path: string;
  attempt?: number;
}

export interface StepResult {
  output: unknown;
  error: unknown;
  status: string;
}

/** What `steps.<id>` was to those that came after a step, as plain JSON; null: the run has no such step. */
export async function readStepResult(tx: Tx, scope: Scope, place: StepPlace, maxBytes: number): Promise<StepResult | null> {
  await requireRun(tx, place.runId);
  const { runId, path, attempt } = place;
  const row = await tx.stepRun.findFirst({ where: { runId, path, ...(attempt === undefined ? {} : { attempt }) }, orderBy: { attempt: "desc" }, select: { status: true, attempt: true } });
  if (row === null) return null;
  const read = (what: "output" | "error") => readPlainValue(tx, scope.workspaceId, { runId, path, attempt: row.attempt, what }, maxBytes);
  return { output: (await read("output")) ?? null, error: (await read("error")) ?? null, status: row.status };
}

/** What a loop iterates over. */
export async function readLoopItems(tx: Tx, scope: Scope, { runId, path }: StepPlace, maxBytes: number): Promise<unknown[]> {
  await requireRun(tx, runId);
  const input = (await readPlainValue(tx, scope.workspaceId, { runId, path, what: "input" }, maxBytes)) as { items?: unknown } | null | undefined;
  return Array.isArray(input?.items) ? (input.items as unknown[]) : [];
}

/** With the commit, tells the pages that show this run. */
export async function tellRunChanged(tx: Tx, runId: string): Promise<void> {
  await tx.$queryRaw`select pg_notify('millrace_run', current_workspace_id()::text || ${`/${runId}`})::text`;
}

export function getLogs({ scope }: Context, input: z.output<typeof contract.readLogsInput>): Promise<Page<contract.RunLogLine>> {
  return scope.db.transaction(async (tx) => {
    // The run is read first: lines that come after it are told at the next call.
    const { status } = await requireRun(tx, input.runId);
    if (input.before !== undefined) {
      const rows = await findLogs(tx, input, { before: input.before === "end" ? null : decodeNumber(input.before) });
      const shown = rows.slice(0, input.limit).reverse();
      return { items: shown.map(toLogLine), nextCursor: rows.length > input.limit ? String(shown[0]?.seq) : null };
    }
    const after = decodeNumber(input.cursor);
    const rows = await findLogs(tx, input, { after });
    const shown = rows.slice(0, input.limit);
    const goesOn = rows.length > input.limit || !isFinal(status);
    return { items: shown.map(toLogLine), nextCursor: goesOn ? String(shown.at(-1)?.seq ?? after) : null };
  });
}

export interface RunResult {
  output: unknown;
  error: unknown;
}

/** Output and error of a finished run as plain JSON. */
export async function readResult({ scope }: Context, runId: string): Promise<RunResult> {
  const [row] = await scope.db.$queryRaw<{ output: string | null; error: string | null }[]>`
    select output::text, error::text from run where id = ${runId}::uuid and workspace_id = current_workspace_id()`;
  if (row === undefined) throw new DomainError("not_found", { what: "run", id: runId });
  return { output: await plainValue(scope.workspaceId, row.output), error: await plainValue(scope.workspaceId, row.error) };
}

/** Cheap enough to be asked at every change. */
export async function isFinished({ scope }: Context, runId: string): Promise<boolean> {
  const run = await scope.db.run.findFirst({ where: { id: runId }, select: { status: true } });
  if (run === null) throw new DomainError("not_found", { what: "run", id: runId });
  return isFinal(run.status);
}
