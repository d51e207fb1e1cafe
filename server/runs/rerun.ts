import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { keptGiven, orDropGiven, readBlobText, shareBlobs } from "@/server/blobs/service";
import { newId } from "@/server/db/id";
import { definitionSchema } from "@/server/engine/definition";
import type { RunOptions } from "@/server/engine/ports";
import type { Tx } from "@/server/db/scoped";
import { findEnvironment, requireTests } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { decodeValue, readBlobReference } from "@/server/expressions/decoding";
import { keepSame } from "@/server/expressions/plain";
import { announce } from "@/server/queue/dispatch";
import { encodeGiven } from "@/server/queue/given-values";
import { copyForRerun } from "@/server/queue/rerun";
import type { rerunInput, startedRunSchema } from "./contract";
import { isFinal } from "./queries";
import { actingOf, createRun } from "./start";

/** A new run of the same version: all of it, or from one step on, keeping what neither is nor follows that step. `wantedId`: what it shall have; if there is one, that is the answer. */
export async function rerun({ scope }: { scope: Scope }, { runId, fromPath, input }: z.output<typeof rerunInput>, wantedId?: string): Promise<z.output<typeof startedRunSchema>> {
  if (fromPath !== undefined && input !== undefined) {
    throw new DomainError("invalid_input", { field: "input", reason: "cannot change when a run is repeated from a step" });
  }
  // A repetition shows what the run was given, and what came out.
  const reader = scope.reach("run:read");
  if (reader === null) throw new DomainError("forbidden", { permission: "run:read" });
  if (reader.places !== null && (await reader.db.run.count({ where: { id: runId } })) === 0) throw new DomainError("not_found", { what: "run", id: runId });
  const changed = input === undefined ? null : await changedInput(scope, runId, input);
  const { run, mode } = await orDropGiven(scope.workspaceId, changed === null ? [] : [changed.kept], () => scope.db.transaction(async (tx) => {
    const known = wantedId === undefined ? null : await tx.run.findFirst({ where: { id: wantedId }, select: { id: true, mode: true } });
    if (known !== null) return { run: { runId: known.id, ready: null }, mode: known.mode };
    // Retention passes over a run that is locked: what is copied below stays until it is.
    await tx.$queryRaw`select id from run where id = ${runId}::uuid and workspace_id = current_workspace_id() for share`;
    const original = await tx.run.findFirst({ where: { id: runId }, omit: { input: true, output: true, error: true, trigger: true } });
    if (original === null) throw new DomainError("not_found", { what: "run", id: runId });
    const version = original.versionId === null ? null : await tx.workflowVersion.findFirst({ where: { id: original.versionId } });
    if (version === null) throw new DomainError("not_found", { what: "version" });
    const [stored] = await tx.$queryRaw<{ input: string; trigger: string | null }[]>`select input::text, trigger::text from run where id = ${runId}::uuid and workspace_id = current_workspace_id()`;
    if (fromPath !== undefined && !isFinal(original.status)) throw new DomainError("invalid_input", { field: "runId", reason: "names a run that has not ended yet" });
    const { rerun: _earlier, ...kept } = original.options as RunOptions;
    const startedAt = await storeTime(tx);
    const options = { ...kept, ...(fromPath === undefined ? {} : { rerun: { runId, path: fromPath, at: startedAt } }) };
    const definition = definitionSchema.parse(version.definition);
    const mode = original.mode === "test" ? "test" : "production";
    const [id, trigger] = [changed?.kept.id ?? wantedId ?? newId(), stored?.trigger ?? null];
    const given = changed === null ? await requireKept(tx, stored?.input ?? "{}", trigger) : { input: changed.kept.input, trigger };
    const created = await createRun(tx, scope, {
      id,
      workflowId: original.workflowId,
      versionId: version.id,
      definition,
      mode,
      environment: await environmentOf(tx, original, mode),
      acting: await actingOf(scope, mode, version),
      isRepeated: input === undefined,
      input: changed?.input,
      kept: given,
      labels: original.labels as Record<string, string>,
      options,
      triggerKind: "rerun",
    });
    // Another has just made it.
    if (wantedId !== undefined && created.ready === null) return { run: created, mode: original.mode };
    await shareBlobs(tx, scope.workspaceId, { from: runId, to: created.runId });
    if (fromPath !== undefined) {
      const copied = await copyForRerun(tx, { fromRunId: runId, toRunId: created.runId, path: fromPath, definition, options, startedAt });
      if (!copied) throw new DomainError("invalid_input", { field: "fromPath", reason: "names no step that this run carried out" });
    }
    return { run: created, mode: original.mode };
  }));
  announce(run.ready);
  return { runId: run.runId, mode: mode === "test" ? "test" : "production" };
}

/** Another input, parts of which that still say the same keep what JSON cannot say of them. What is too large for a row is read and stored before the transaction. */
async function changedInput({ db, workspaceId }: Scope, runId: string, given: unknown): Promise<{ input: unknown; kept: { id: string; input: string } }> {
  const [row] = await db.$queryRaw<{ input: string }[]>`select input::text from run where id = ${runId}::uuid and workspace_id = current_workspace_id()`;
  if (row === undefined) throw new DomainError("not_found", { what: "run", id: runId });
  const reference = readBlobReference(row.input);
  const before = reference === null ? row.input : await readBlobText(workspaceId, reference.id);
  const input = before === null ? given : keepSame(decodeValue(before), given);
  return { input, kept: await keptGiven({ id: newId(), workspaceId, input: encodeGiven("input", input), trigger: null }) };
}

/** As it was: what lies in the blob store is read by both. */
async function requireKept(tx: Tx, input: string, trigger: string | null): Promise<{ input: string; trigger: string | null }> {
  for (const [what, text] of Object.entries({ input, trigger })) {
    const reference = text === null ? null : readBlobReference(text);
    if (reference !== null && (await tx.blob.count({ where: { id: reference.id, state: "ready" } })) === 0) throw new DomainError("not_found", { what });
  }
  return { input, trigger };
}

/** Times of runs are the database's. */
async function storeTime(tx: Tx): Promise<number> {
  const rows = await tx.$queryRaw<{ at: number }[]>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as at`;
  return rows[0]!.at;
}

/** A repetition stays where the run was; one from before the workspace had environments sees what is for all. */
async function environmentOf(tx: Tx, { environmentId }: { environmentId: string | null }, mode: "production" | "test") {
  if (environmentId === null) return null;
  const environment = await findEnvironment(tx, environmentId);
  return mode === "test" ? requireTests(environment) : environment;
}
