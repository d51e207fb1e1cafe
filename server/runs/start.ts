import { v5 } from "uuid";
import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import { keptGiven, orDropGiven } from "@/server/blobs/service";
import { identityOfStart, identityOfTest, type StoredIdentity } from "@/server/auth/acting/start-identity";
import { versionIdentityOf } from "@/server/auth/acting/run-as";
import { personBehind, starterOf } from "@/server/auth/acting/starter";
import type { Scope } from "@/server/auth/scope";
import { chooseEnvironment, versionIn } from "@/server/environments/service";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { type Definition, definitionSchema } from "@/server/engine/definition";
import type { EnqueuedRun } from "@/server/queue/enqueue";
import type { NewRun, RunOptions } from "@/server/engine/ports";
import { DomainError } from "@/server/errors/domain-error";
import { isStorable } from "@/server/expressions/storable";
import { findKind } from "@/server/nodes/catalog";
import { requestTrace } from "@/server/telemetry/service";
import { validateAgainst } from "@/server/schema/validate-json";
import { snapshotDraft, snapshotInline } from "@/server/workflows/service";
import type { startedRunSchema, startInlineRunInput, startRunInput } from "./contract";
import { announce, insertRun, type Ready } from "@/server/queue/dispatch";
import { requireReadableFiles } from "@/server/queue/given-files";
import { encodeGiven } from "@/server/queue/given-values";

type Started = z.output<typeof startedRunSchema>;
type TestOptions = Pick<z.output<typeof startInlineRunInput>, "startNode" | "trigger" | "untilNode" | "onlyNode" | "pins">;

interface Context {
  scope: Scope;
}

const KEY_NAMESPACE = "5b6a1d0e-0d3f-5c39-8a35-9a0f0f0f7a52";

/** How a caller came here, for the list of runs. */
export type TriggerKind = "manual" | "api" | "cli" | "rerun";

export interface RunPlan {
  workflowId: string | null;
  versionId: string;
  definition: Definition;
  mode: NewRun["mode"];
  input: unknown;
  /** The input is that of an earlier run, files included. */
  isRepeated?: boolean;
  labels: Record<string, string>;
  options: RunOptions;
  triggerKind: TriggerKind;
  acting: StoredIdentity;
  /** Null: the workspace has none. */
  environment: { id: string; slug: string } | null;
  /** What it is triggered with, as it is stored. */
  trigger?: string | null;
  /** Input and trigger as its row keeps them, where that is not whole (`keptGiven`). */
  kept?: { input: string; trigger: string | null };
  id?: string;
  pool?: string;
}

/**
 * Starts the published version (or the one named); `mode: test` runs the draft as it is now. `unpinned`: steps that are
 * executed although the draft has a pin for them.
 */
export async function startRun({ scope }: Context, input: z.output<typeof startRunInput> & { unpinned?: readonly string[] }, triggerKind = triggerOf(scope)): Promise<Started> {
  requireTestRights(scope, input);
  const id = input.idempotencyKey === undefined ? undefined : v5(`${scope.workspaceId} ${input.workflowId} ${input.idempotencyKey}`, KEY_NAMESPACE);
  const given = await giveRun(scope, input.mode, input, id);
  const run = await orDrop(scope, id, given, async (tx) => {
    const known = id === undefined ? null : await startedBefore(tx, scope, input.workflowId, id);
    if (known !== null) return known;
    const { mode, labels = {}, unpinned = [] } = input;
    const chosen = await chooseVersion(tx, scope, input);
    const kept = Object.fromEntries(Object.entries(chosen.pins).filter(([id]) => !unpinned.includes(id)));
    const options = testOptions(chosen.definition, mode, { ...input, pins: mode === "test" ? { ...kept, ...input.pins } : input.pins });
    return { ...(await createRun(tx, scope, { workflowId: input.workflowId, ...chosen, mode, ...given, labels, options, triggerKind })), mode };
  });
  announce(run.ready);
  return { runId: run.runId, mode: run.mode };
}

/**
 * A test run of a definition that is nowhere stored as a workflow. It may use every secret and send it anywhere, so it takes the
 * right to write workflows. `pool` keeps it for the workers that serve that pool.
 */
export async function startInlineRun({ scope }: Context, input: z.output<typeof startInlineRunInput>, triggerKind = triggerOf(scope), pool?: string): Promise<Started> {
  scope.require("workflow:write");
  const { idempotencyKey: key } = input;
  const id = key === undefined ? undefined : v5(`${scope.workspaceId} definition ${scope.actor.type} ${scope.actor.id ?? ""} ${key}`, KEY_NAMESPACE);
  const given = await giveRun(scope, "test", input, id);
  const run = await orDrop(scope, id, given, async (tx) => {
    if (id !== undefined && (await tx.run.findFirst({ where: { id }, select: { id: true } })) !== null) return { runId: id, ready: null };
    const { id: versionId, definition } = await snapshotInline(tx, scope, input.definition);
    const labels = { ...(input.name === undefined ? {} : { name: input.name }), ...input.labels };
    const options = testOptions(definition, "test", input);
    return createRun(tx, scope, { workflowId: null, versionId, definition, acting: identityOfTest(scope), environment: await chooseEnvironment(tx, "test", input.environment), mode: "test", ...given, labels, options, triggerKind, pool });
  });
  announce(run.ready);
  return { runId: run.runId, mode: "test" };
}

/** The run that a key began: whatever has become of quota, workflow and version since, a repeated start is answered with it. */
async function startedBefore(tx: Tx, scope: Scope, workflowId: string, id: string): Promise<{ runId: string; mode: Started["mode"]; ready: null } | null> {
  const run = await tx.run.findFirst({ where: { id }, select: { mode: true, startedById: true } });
  if (run === null) return null;
  const isOwn = run.startedById !== null && run.startedById === starterOf(scope);
  if (!isOwn && !(await canRead(scope, workflowId))) return null;
  return { runId: id, mode: run.mode === "test" ? "test" : "production", ready: null };
}

/** What is too large for a row is stored before the transaction that makes the run. */
async function giveRun({ workspaceId }: Scope, mode: NewRun["mode"], given: TestOptions & { input?: unknown }, id = newId()): Promise<Pick<RunPlan, "id" | "input" | "trigger"> & Required<Pick<RunPlan, "kept">>> {
  const [input, trigger] = [given.input ?? {}, givenTrigger(mode, given)];
  return { id, input, trigger, kept: await keptGiven({ id, workspaceId, input: encodeGiven("input", input), trigger }) };
}

/** A run with a key may be there already, with the same input. */
function orDrop<Made>({ db, workspaceId }: Scope, key: string | undefined, { kept }: Required<Pick<RunPlan, "kept">>, make: (tx: Tx) => Promise<Made>): Promise<Made> {
  return orDropGiven(workspaceId, key === undefined ? [kept] : [], () => db.transaction(make));
}

/** Values in place of what steps made change what the later steps do, with the secrets of those. */
function requireTestRights(scope: Scope, { pins, onlyNode }: TestOptions): void {
  if (pins !== undefined || onlyNode !== undefined) scope.require("workflow:write");
}

export async function chooseVersion(tx: Tx, scope: Scope, { workflowId, versionId, mode, environment: named }: Pick<z.output<typeof startRunInput>, "workflowId" | "versionId" | "mode" | "environment">) {
  const workflow = await tx.workflow.findFirst({ where: { id: workflowId, deletedAt: null } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
  if (workflow.archivedAt !== null) throw new DomainError("archived", { what: "workflow", id: workflowId });
  const mayRead = await canRead(scope, workflowId);
  if (!mayRead && (mode === "test" || versionId !== undefined)) throw new DomainError("forbidden", { permission: "workflow:read" });
  const environment = await chooseEnvironment(tx, mode, named);
  if (mode === "test" && versionId === undefined) {
    const { id, definition } = await snapshotDraft(tx, scope, workflow);
    return { versionId: id, definition, pins: workflow.pins as Record<string, unknown>, acting: identityOfTest(scope), environment };
  }
  const wanted = versionId ?? (environment === null ? workflow.publishedVersionId : await versionIn(tx, environment, workflowId, null));
  if (wanted === null) throw new DomainError("not_published", { workflowId });
  const version = await tx.workflowVersion.findFirst({ where: { id: wanted, workflowId, ...(mode === "production" ? { listed: true } : {}) } });
  if (version === null) throw new DomainError("not_found", { what: "version", id: wanted });
  if (environment !== null && mode === "production" && versionId !== undefined) await versionIn(tx, environment, workflowId, version);
  const definition = definitionSchema.parse(version.definition);
  if (!mayRead && definition.settings.startWithoutReading !== true) throw new DomainError("forbidden", { permission: "workflow:read" });
  // Pins lie beside the draft: they say nothing of an earlier version.
  return { versionId: version.id, definition, pins: {} as Record<string, unknown>, acting: await actingOf(scope, mode, version), environment };
}

/** Starting is not reading: what somebody may not read they may start only where the workflow says so. */
async function canRead(scope: Scope, workflowId: string): Promise<boolean> {
  // A token that may do no more than start: what its owner sees it starts.
  if (scope.acting.rights.permissions.has("workflow:read")) return true;
  const reader = scope.reach("workflow:read");
  if (reader === null || reader.places === null) return reader !== null;
  return (await reader.db.workflow.count({ where: { id: workflowId } })) > 0;
}

/** Whom a run of a version that is there acts for. */
export function actingOf(scope: Scope, mode: NewRun["mode"], version: Parameters<typeof versionIdentityOf>[0]): Promise<StoredIdentity> {
  return mode === "test" ? Promise.resolve(identityOfTest(scope)) : identityOfStart(scope, versionIdentityOf(version));
}

/** In the caller's transaction, together with its audit event. */
export async function createRun(tx: Tx, scope: Scope, plan: RunPlan): Promise<{ runId: string; ready: Ready | null }> {
  const { definition, workflowId, versionId, mode, triggerKind } = plan;
  if (plan.isRepeated !== true) refuseUnfitInput(definition, plan.input);
  await requireQuota(tx, scope);
  const run = toEnqueuedRun(scope, plan);
  const ofInput = plan.isRepeated === true ? [] : await requireReadableFiles(scope, "input", run.input);
  const ofTrigger = triggerKind === "rerun" || run.trigger === null ? [] : await requireReadableFiles(scope, "trigger", run.trigger);
  const { input, trigger } = plan.kept ?? run;
  const ready = await insertRun(tx, { ...run, input, trigger, files: [...ofInput, ...ofTrigger] });
  if (ready !== null) await recordAudit(tx, scope, { action: "run.started", resource: { type: "run", id: run.id }, after: { workflowId, versionId, mode, trigger: triggerKind } });
  return { runId: run.id, ready };
}

/** While a hard quota is used up, nobody starts anything new. */
export async function requireQuota(tx: Tx, { workspaceId }: Scope): Promise<void> {
  const workspace = await tx.workspace.findFirst({ where: { id: workspaceId }, select: { quotaReached: true } });
  if (workspace?.quotaReached != null) throw new DomainError("quota_reached", { quota: workspace.quotaReached });
}

export function toEnqueuedRun(scope: Scope, { definition, workflowId, versionId, mode, options: given, triggerKind, acting, environment, ...plan }: RunPlan): EnqueuedRun {
  const id = plan.id ?? newId();
  const { environment: _earlier, keepsPool: _kept, ...rest } = given;
  const options: RunOptions = { ...rest, ...(environment === null ? {} : { environment: environment.slug }), ...(plan.pool === undefined ? {} : { keepsPool: true }) };
  const { priority = 0, labels = {} } = definition.settings;
  const pool = plan.pool ?? definition.settings.pool ?? "default";
  return {
    id, workflowId, versionId, mode, pool, priority, options, triggerKind,
    ...startedBy(scope),
    ...acting,
    workspaceId: scope.workspaceId,
    environmentId: environment?.id ?? null,
    input: encodeGiven("input", plan.input),
    trigger: plan.trigger ?? null,
    parent: null,
    rootRunId: id,
    depth: 0,
    labels: storableLabels({ ...labels, ...plan.labels }),
  };
}

function startedBy(scope: Scope): Pick<EnqueuedRun, "startedById" | "startedForId"> {
  const [by, behind] = [starterOf(scope), personBehind(scope)];
  return { ...(by === null ? {} : { startedById: by }), ...(behind === null || behind === by ? {} : { startedForId: behind }) };
}

function refuseUnfitInput({ input: schema }: Definition, input: unknown): void {
  const [problem] = validateAgainst(schema, input);
  if (problem !== undefined) throw new DomainError("invalid_input", { field: `input${problem.path}`, reason: problem.message });
}

function storableLabels(labels: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(labels)) {
    if (!isStorable(name) || !isStorable(value)) {
      throw new DomainError("invalid_input", { field: `labels.${JSON.stringify(name)}`, reason: "must be text without NUL and half characters" });
    }
  }
  return labels;
}

/** An event that stands in for the one that the trigger would have brought. */
function givenTrigger(mode: NewRun["mode"], { trigger }: TestOptions): string | null {
  if (trigger === undefined) return null;
  if (mode !== "test") throw new DomainError("invalid_input", { field: "trigger", reason: "is possible in test runs only" });
  return encodeGiven("trigger", trigger);
}

function testOptions(definition: Definition, mode: NewRun["mode"], given: TestOptions): RunOptions {
  const trace = requestTrace();
  const options: RunOptions = trace === undefined ? {} : { trace };
  const { startNode, untilNode, onlyNode, pins } = given;
  if (startNode !== undefined) {
    const node = definition.nodes.find(({ id }) => id === startNode);
    if (node === undefined || findKind(node.kind)?.role !== "trigger") throw new DomainError("invalid_input", { field: "startNode", reason: "must be the id of a trigger node" });
    options.startNode = startNode;
  }
  const partial = { untilNode, "onlyNode.id": onlyNode?.id, ...Object.fromEntries(Object.keys(pins ?? {}).map((id) => [`pins.${id}`, id])) };
  for (const [field, id] of Object.entries(partial)) {
    if (id === undefined) continue;
    if (mode !== "test") throw new DomainError("invalid_input", { field, reason: "is possible in test runs only" });
    const isStalePin = field.startsWith("pins.");
    if (!isStalePin && !definition.nodes.some((node) => node.id === id)) throw new DomainError("invalid_input", { field, reason: "is no node of this definition" });
  }
  if (untilNode !== undefined) options.untilNode = untilNode;
  if (onlyNode !== undefined) options.onlyNode = onlyNode;
  const usable = Object.entries(pins ?? {}).filter(([id]) => definition.nodes.some((node) => node.id === id));
  if (usable.length > 0) options.pins = Object.fromEntries(usable);
  return options;
}

export function triggerOf(scope: Scope): TriggerKind {
  return scope.actor.type === "token" ? "api" : "manual";
}
