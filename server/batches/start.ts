import { v5 } from "uuid";
import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { keptGiven, orDropGiven } from "@/server/blobs/service";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { limitOfBatches } from "@/server/limits/service";
import { filesGiven } from "@/server/expressions/blob-ids";
import { announce, insertManyRuns } from "@/server/queue/dispatch";
import { requireReadableFiles } from "@/server/queue/given-files";
import { encodeGiven } from "@/server/queue/given-values";
import { chooseVersion, requireQuota, toEnqueuedRun, triggerOf } from "@/server/runs/service";
import { badRowsOf, findProblems } from "./check";
import { BATCH_LABEL } from "./constants";
import { TOLD_PROBLEMS, type CheckedBatch, type checkBatchInput, type RowProblem, type startBatchInput, type startedBatchSchema } from "./contract";
import { inputFields } from "./input-fields";
import { findBatch, insertBatch } from "./queries";
import { readRows, type BatchRow, type BatchRows } from "./rows";
import { viewBatch } from "./view";

interface Context {
  scope: Scope;
}
type Started = z.output<typeof startedBatchSchema>;
type Start = z.output<typeof startBatchInput>;
type Checked = BatchRows & { problems: RowProblem[]; limit: number; version: Awaited<ReturnType<typeof chooseVersion>> };

const KEY_NAMESPACE = "0f3c1f5e-52a7-5d63-9f0b-6a5d0d7a4c11";
const SAMPLE_ROWS = 5;

/** What would start and what would not, without starting anything. */
export async function checkBatch({ scope }: Context, input: z.output<typeof checkBatchInput>): Promise<CheckedBatch> {
  const { rows, columns, mapping, problems, limit, version } = await check(scope, input);
  const fields = inputFields(version.definition.input).map(({ name, types, required }) => ({ name, type: types[0] ?? null, required }));
  const sample = rows.slice(0, SAMPLE_ROWS).map(({ row, input: value }) => ({ row, input: value }));
  return { total: rows.length, bad: badRowsOf(problems).size, problems: problems.slice(0, TOLD_PROBLEMS), columns, mapping, fields, sample, limit };
}

/** All runs of the batch and its audit event in one transaction: a call that fails has started none. */
export async function startBatch({ scope }: Context, input: Start, triggerKind = triggerOf(scope)): Promise<Started> {
  const id = input.idempotencyKey === undefined ? newId() : v5(`${scope.workspaceId} ${input.workflowId} ${input.idempotencyKey}`, KEY_NAMESPACE);
  const known = await scope.db.transaction((tx) => repeated(tx, id));
  if (known !== null) return known;
  const checked = await check(scope, input);
  const bad = badRowsOf(checked.problems);
  const good = checked.rows.filter(({ row }) => !bad.has(row));
  const problems = checked.problems.slice(0, TOLD_PROBLEMS);
  if (input.badRows === "refuse" && bad.size > 0) throw new DomainError("bad_rows", { total: checked.rows.length, bad: bad.size, problems });
  if (good.length === 0) throw new DomainError("invalid_input", { field: input.csv === undefined ? "inputs" : "csv.text", reason: "holds no row that can start" });
  const given = await give(scope, good);
  const { batch, ready } = await orDropGiven(scope.workspaceId, given.map(({ kept }) => kept), () => scope.db.transaction(async (tx) => {
    const name = input.name ?? (await nameOf(tx, input.workflowId, id));
    const isNew = await insertBatch(tx, { id, workspaceId: scope.workspaceId, workflowId: input.workflowId, name, total: good.length, skipped: bad.size, createdById: scope.userId });
    if (!isNew) {
      const before = await repeated(tx, id);
      if (before === null) throw new DomainError("name_taken", { what: "batch", name, field: "name" });
      return { batch: before, ready: null };
    }
    await requireQuota(tx, scope);
    const runs = given.map(({ row, kept }) => ({ kept, run: toRun(scope, { ...input, name, triggerKind }, checked.version, id, row, kept.id) }));
    await requireReadableFiles(scope, "inputs", ...runs.map(({ run }) => run.input));
    const first = await insertManyRuns(tx, runs.map(({ run, kept }) => ({ ...run, input: kept.input, files: filesGiven("checked", run.input) })));
    await recordAudit(tx, scope, { action: "batch.started", resource: { type: "batch", id, name }, after: { workflowId: input.workflowId, versionId: checked.version.versionId, ...(checked.version.environment === null ? {} : { environment: checked.version.environment.slug }), runs: good.length, skipped: bad.size } });
    return { batch: { ...(await viewBatch(tx, id)), problems, repeated: false }, ready: first };
  }));
  announce(ready);
  return batch;
}

async function check(scope: Scope, input: Pick<Start, "workflowId" | "versionId" | "environment" | "inputs" | "csv">): Promise<Checked> {
  const { version, limit } = await scope.db.transaction(async (tx) => ({
    version: await chooseVersion(tx, scope, { ...input, mode: "production" }),
    limit: await limitOfBatches(tx, scope.workspaceId),
  }));
  const read = readRows(input, version.definition.input);
  if (read.rows.length > limit) throw new DomainError("limit_reached", { what: "runs in one batch", limit });
  return { ...read, version, limit, problems: await findProblems(read.rows, version.definition.input) };
}

/** Inputs that are too large for a row are stored before the transaction. */
async function give({ workspaceId }: Scope, rows: readonly BatchRow[]): Promise<{ row: BatchRow; kept: { id: string; input: string } }[]> {
  const given = [];
  for (const row of rows) given.push({ row, kept: await keptGiven({ id: newId(), workspaceId, input: encodeGiven("inputs", row.input), trigger: null }) });
  return given;
}

function toRun(scope: Scope, { workflowId, labels, name, triggerKind }: Start & { name: string; triggerKind: ReturnType<typeof triggerOf> }, { versionId, definition, acting, environment }: Checked["version"], batchId: string, { input }: BatchRow, id: string) {
  const run = toEnqueuedRun(scope, { id, workflowId, versionId, definition, acting, environment, mode: "production", input, labels: { ...labels, [BATCH_LABEL]: name }, options: {}, triggerKind });
  return { ...run, batchId };
}

async function repeated(tx: Tx, id: string): Promise<Started | null> {
  if ((await findBatch(tx, { id })) === null) return null;
  return { ...(await viewBatch(tx, id)), problems: [], repeated: true };
}

const SUFFIX_CHARACTERS = 4;

async function nameOf(tx: Tx, workflowId: string, id: string): Promise<string> {
  const workflow = await tx.workflow.findFirst({ where: { id: workflowId }, select: { slug: true } });
  const [{ at } = { at: "" }] = await tx.$queryRaw<{ at: string }[]>`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD-HH24MI') as at`;
  return `${workflow?.slug ?? "runs"}-${at}-${id.slice(-SUFFIX_CHARACTERS)}`;
}
