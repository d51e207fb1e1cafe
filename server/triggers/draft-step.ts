import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { tellTriggerChanged } from "./activity";
import { CAPTURE_SECONDS, type stepRefInput, type stepSourceSchema } from "./contract";
import { firstFireOf } from "./first-fire";
import { captureNext } from "./inbox";
import { recordEvent } from "./intake";
import { isTriggerKind, TRIGGER_KINDS, type TriggerKind } from "./kinds";
import { noteLeftover } from "./leftovers";
import { secretReachOf } from "./secret-right";
import { setterOf } from "./setter";
import { columnsOf, partsOf, type TriggerParts } from "./settings-of";
import { newToken } from "./token";

interface Context {
  scope: Scope;
}
type StepRef = z.output<typeof stepRefInput>;
type Source = z.output<typeof stepSourceSchema>;

interface Step {
  nodeId: string;
  name: string;
  kind: TriggerKind;
  parts: TriggerParts;
}

export function sourceOfStep({ scope }: Context, { workflowId, nodeId }: StepRef): Promise<Source> {
  return scope.db.transaction(async (tx) => {
    const node = await nodeOf(tx, workflowId, nodeId);
    if (node === null) return { triggerId: null, isDraft: true };
    const published = await publishedOf(tx, workflowId, { nodeId, kind: node.kind, says: saysOf(node) });
    if (published !== null) return { triggerId: published, isDraft: false };
    const tried = await tx.trigger.findFirst({ where: { workflowId, nodeId, kind: node.kind, isDraft: true }, select: { id: true } });
    return { triggerId: tried?.id ?? null, isDraft: true };
  });
}

/**
 * The next event of a start step is caught for tests of its draft. Where the published version has the same step, its trigger catches it;
 * else a trigger of the step's own, which is there for that alone: it listens as the draft says, for one event, and starts no run.
 */
export async function listenToStep({ scope }: Context, { workflowId, nodeId }: StepRef): Promise<Source> {
  const begun = await scope.db.transaction(async (tx) => {
    const step = await requireStep(tx, workflowId, nodeId);
    const published = await publishedOf(tx, workflowId, { nodeId, kind: step.kind, says: saidBy(step.parts) });
    if (published !== null) return { triggerId: published, step, isDraft: false };
    if (step.kind === "poll") throw new DomainError("invalid_input", { field: "nodeId", reason: "is a poller, which looks once it is published: until then test the workflow that looks" });
    await requireSetter(scope, workflowId);
    return { triggerId: await listen(tx, scope, workflowId, step), step, isDraft: true };
  });
  const { triggerId, step, isDraft } = begun;
  if (!isDraft) await captureNext({ scope }, { triggerId, listen: true });
  else if (step.kind === "schedule") await catchSlot(scope, triggerId, step);
  tellTriggerChanged(scope.workspaceId, triggerId);
  return { triggerId, isDraft };
}

interface DraftNode {
  name: string;
  kind: TriggerKind;
  config: Record<string, unknown>;
}

async function nodeOf(tx: Tx, workflowId: string, nodeId: string): Promise<DraftNode | null> {
  const workflow = await tx.workflow.findFirst({ where: { id: workflowId, deletedAt: null }, select: { draft: true, archivedAt: true } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
  if (workflow.archivedAt !== null) throw new DomainError("archived", { what: "workflow", id: workflowId });
  const { nodes = [] } = workflow.draft as { nodes?: { id: string; kind: string; name?: string; config?: Record<string, unknown> }[] };
  const node = nodes.find(({ id }) => id === nodeId);
  const kind = node?.kind.startsWith("trigger.") === true ? node.kind.slice("trigger.".length) : "";
  return node === undefined || !isTriggerKind(kind) ? null : { name: node.name ?? "", kind, config: node.config ?? {} };
}

async function requireStep(tx: Tx, workflowId: string, nodeId: string): Promise<Step> {
  const node = await nodeOf(tx, workflowId, nodeId);
  if (node === null) throw new DomainError("invalid_input", { field: "nodeId", reason: "is no start step of the draft to which events come" });
  return { nodeId, kind: node.kind, name: node.name === "" ? nodeId : node.name, parts: partsOf(node.kind, node.config) };
}

/** What decides which events come in, and what is made of them. */
type Says = Record<"config" | "mapping" | "defaultInput" | "filter", unknown>;

const saidBy = ({ config, settings: { mapping, defaultInput, filter = "" } }: TriggerParts): Says => ({ config, mapping: mapping ?? null, defaultInput: defaultInput ?? null, filter: filter.trim() });

/** With its defaults; null: it does not fit yet. */
function saysOf({ kind, config }: Pick<DraftNode, "kind" | "config">): Says | null {
  try {
    return saidBy(partsOf(kind, config));
  } catch (error) {
    if (!DomainError.is(error, "invalid_input")) throw error;
    return null;
  }
}

async function publishedOf(tx: Tx, workflowId: string, { nodeId, kind, says }: { nodeId: string; kind: TriggerKind; says: Says | null }): Promise<string | null> {
  const row = await tx.trigger.findFirst({ where: { workflowId, nodeId, kind, declared: true, isDraft: false, retiredAt: null, deletedAt: null }, select: { id: true, config: true, mapping: true, defaultInput: true, filter: true } });
  if (row === null) return null;
  const { id, mapping, defaultInput, filter, config } = row;
  // Its defaults may be newer than the row.
  const { config: whole } = saysOf({ kind, config: config as Record<string, unknown> }) ?? { config };
  return isDeepStrictEqual({ config: whole, mapping, defaultInput, filter: filter ?? "" }, says) ? id : null;
}

/** It opens sockets and uses secrets as the draft says, as a trigger made beside the workflow would. */
async function requireSetter(scope: Scope, workflowId: string): Promise<void> {
  const reached = scope.reach("trigger:write");
  if (reached === null || (await reached.db.workflow.count({ where: { id: workflowId } })) === 0) throw new DomainError("forbidden", { permission: "trigger:write" });
}

async function listen(tx: Tx, scope: Scope, workflowId: string, { nodeId, name, kind, parts }: Step): Promise<string> {
  // Two who listen at once use the same one.
  await tx.$queryRaw`select 1 from workflow where id = ${workflowId}::uuid for no key update`;
  const earlier = await tx.trigger.findFirst({ where: { workflowId, nodeId, kind, isDraft: true } });
  const { mapping, defaultInput, filter, secretName, config } = columnsOf(kind, parts);
  const reach = await secretReachOf(tx, scope, workflowId, parts.config);
  const setter = await setterOf(scope, workflowId, kind, parts);
  const data = { name, config, mapping, defaultInput, filter, secretName, ...reach, ...setter, captureUntil: kind === "schedule" ? null : new Date(Date.now() + CAPTURE_SECONDS * 1_000), error: Prisma.DbNull, updatedById: scope.userId };
  const id = earlier?.id ?? newId();
  if (earlier === null) {
    const token = "hasToken" in TRIGGER_KINDS[kind] || kind === "route" ? await newToken(tx, scope.workspaceId, id, kind) : {};
    await tx.trigger.create({ data: { ...data, id, workspaceId: scope.workspaceId, workflowId, nodeId, kind, isDraft: true, declared: true, retiredAt: new Date(), mode: "disabled", createdById: scope.userId, ...token } });
  } else {
    await noteLeftover(tx, earlier, parts.config);
    // The same message once more is caught again.
    await tx.$executeRaw`update trigger_event set dedupe_key = left(dedupe_key, 400) || ' until ' || id, key_until = null where trigger_id = ${id}::uuid and dedupe_key not like '% until ' || id`;
    await tx.triggerKey.deleteMany({ where: { triggerId: id } });
    await tx.trigger.update({ where: { id }, data: { ...data, revision: { increment: 1 } } });
  }
  await recordAudit(tx, scope, { action: "trigger.capturing", resource: { type: "trigger", id, name }, after: { workflowId, nodeId } });
  return id;
}

/** Nobody waits for a slot: the next one is caught at once. */
async function catchSlot(scope: Scope, triggerId: string, { kind, parts }: Step): Promise<void> {
  const slot = firstFireOf(kind, parts.config, null) ?? new Date();
  await recordEvent({ trigger: { id: triggerId, workspaceId: scope.workspaceId }, dedupeKey: `test ${newId()}`, origin: "test", meta: { slot: slot.toISOString(), lateMs: 0 } });
}
