import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { pageFrom } from "@/server/db/keyset";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { findEnvironment, findLiveEnvironment, holdEnvironments, wasDeployedIn } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import type { Page } from "@/server/paging/contract";
import { tellTriggerChanged } from "./activity";
import { cleanUp, makesThings, noteCleaned } from "./clean-up";
import type * as contract from "./contract";
import { firstFireOf } from "./first-fire";
import { refuseTakenRoute, requireFreeRoute } from "./free-route";
import { isTriggerKind, TRIGGER_KINDS, type TriggerKind } from "./kinds";
import { findLeftovers } from "./left-behind";
import { noteLeftover } from "./leftovers";
import { countHeld, findTrigger, inputSchemaOf, findTriggers, lockTrigger, type TriggerRow } from "./queries";
import { checkParts, columnsOf, errorAfterChange } from "./settings-of";
import { newToken, openToken } from "./token";
import { actsAsOf } from "./acts-as";
import { secretReachOf } from "./secret-right";
import { setterOf } from "./setter";
import { addressOf, routeAddressOf, toDetail, toSummary, triedRouteAddressOf } from "./views";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;

export function listTriggers({ scope }: Context, input: Input<typeof contract.listTriggersInput>): Promise<Page<contract.TriggerSummary>> {
  return scope.db.transaction(async (tx) => {
    const rows = await findTriggers(tx, input);
    const held = await countHeld(tx, rows.map(({ id }) => id));
    return pageFrom(rows, input.limit, ({ createdAt, id }) => ({ at: createdAt, id }), (row) => toSummary(row, held.get(row.id) ?? 0));
  });
}

export function getTrigger({ scope }: Context, { triggerId }: { triggerId: string }): Promise<contract.TriggerDetail> {
  return scope.db.transaction((tx) => view(tx, scope, triggerId));
}

async function view(tx: Tx, scope: Scope, id: string, { isNew = false } = {}): Promise<contract.TriggerDetail> {
  const row = await findTrigger(tx, id);
  const held = await countHeld(tx, [id]);
  // The address is a key: whoever may only look does not get it, but for who has just made it.
  const token = isNew || scope.can("trigger:operate") ? await openToken(tx, row) : null;
  return toDetail(row, held.get(id) ?? 0, { url: token === null ? (row.isDraft ? null : routeAddressOf(scope.workspace.slug, row)) : row.kind === "route" ? triedRouteAddressOf(token, row) : addressOf(row.kind, token), inputSchema: await inputSchemaOf(tx, row), leftovers: await findLeftovers(tx, id) });
}

export async function createTrigger({ scope }: Context, input: Input<typeof contract.createTriggerInput>): Promise<contract.TriggerDetail> {
  const { workflowId, kind, name } = input;
  const parts = checkParts(kind, kind === "schedule" ? { ...input, config: { timeZone: scope.workspace.timeZone, ...input.config } } : input);
  const columns = columnsOf(kind, parts);
  const created = await refuseTakenRoute(() => scope.db.transaction(async (tx) => {
    const id = newId();
    const place = await placeOf(tx, scope, workflowId, input);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    const actsAs = await actsAsOf(tx, scope, columns.runAs);
    const reach = await secretReachOf(tx, scope, workflowId, parts.config);
    const setter = await setterOf(scope, workflowId, kind, parts);
    const token = "hasToken" in TRIGGER_KINDS[kind] ? await newToken(tx, scope.workspaceId, id, kind) : {};
    await requireFreeRoute(tx, columns.routeKey, id);
    await tx.trigger.create({
      data: { id, workspaceId: scope.workspaceId, workflowId, kind, name, ...place, ...columns, ...actsAs, ...reach, ...setter, ...token, nextFireAt: firstFireOf(kind, parts.config, null), createdById: scope.userId, updatedById: scope.userId },
    });
    await recordAudit(tx, scope, { action: "trigger.created", resource: { type: "trigger", id, name }, after: { kind, workflowId } });
    return view(tx, scope, id, { isNew: true });
  }));
  return told(scope, created);
}

export async function updateTrigger({ scope }: Context, { triggerId, ...input }: Input<typeof contract.updateTriggerInput>): Promise<contract.TriggerDetail> {
  const changed = await refuseTakenRoute(() => scope.db.transaction(async (tx) => {
    const row = await lockTrigger(tx, triggerId);
    await requireUnlocked(tx, scope, { workflowIds: [row.workflowId] });
    if (row.declared) throw new DomainError("invalid_input", { field: "triggerId", reason: `is declared by the step ${row.nodeId}: change it there and publish` });
    const kind = kindOf(row);
    const { config, settings } = toDetail(row, 0, { url: null, inputSchema: null });
    const parts = checkParts(kind, { config: input.config ?? config, settings: input.settings ?? settings });
    const place = await placeOf(tx, scope, row.workflowId, { environmentId: input.environmentId === undefined ? row.environmentId : input.environmentId, nodeId: input.nodeId === undefined ? row.nodeId : input.nodeId, versionNumber: input.versionNumber === undefined ? (row.version?.number ?? null) : input.versionNumber });
    const name = input.name ?? row.name;
    const columns = columnsOf(kind, parts);
    await requireFreeRoute(tx, columns.routeKey, triggerId);
    const actsAs = await actsAsOf(tx, scope, columns.runAs);
    await noteLeftover(tx, row, parts.config);
    // Another name alone makes it nobody else's.
    const isSame = isDeepStrictEqual({ ...parts, ...place }, { config, settings, nodeId: row.nodeId, versionId: row.versionId, environmentId: row.environmentId });
    const setter = isSame ? {} : await setterOf(scope, row.workflowId, kind, parts);
    const reach = isDeepStrictEqual(parts.config, config) ? {} : await secretReachOf(tx, scope, row.workflowId, parts.config);
    await tx.trigger.update({ where: { id: triggerId }, data: { name, ...place, ...columns, ...actsAs, ...reach, ...setter, nextFireAt: row.mode === "disabled" ? null : firstFireOf(kind, parts.config, row), ...errorAfterChange(row.error), updatedById: scope.userId, revision: { increment: 1 } } });
    await recordAudit(tx, scope, { action: "trigger.changed", resource: { type: "trigger", id: triggerId, name }, before: { name: row.name, config }, after: { name, config: parts.config } });
    return view(tx, scope, triggerId);
  }));
  return told(scope, changed);
}

interface Place {
  nodeId: string | null;
  versionId: string | null;
  environmentId: string | null;
}

/** The start node, version and environment that its runs use, which must exist. */
async function placeOf(tx: Tx, scope: Scope, workflowId: string, { nodeId, versionNumber, environmentId = null }: { nodeId: string | null; versionNumber: number | null; environmentId?: string | null | undefined }): Promise<Place> {
  const workflow = await tx.workflow.findFirst({ where: { id: workflowId, deletedAt: null }, select: { archivedAt: true } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
  if (workflow.archivedAt !== null) throw new DomainError("archived", { what: "workflow", id: workflowId });
  await holdEnvironments(tx, scope.workspaceId);
  const environment = environmentId === null ? await findLiveEnvironment(tx) : await findEnvironment(tx, environmentId);
  const bound = environment === null || environment.id === (await findLiveEnvironment(tx))?.id ? null : environment.id;
  if (versionNumber === null) return { nodeId, versionId: null, environmentId: bound };
  const version = await tx.workflowVersion.findFirst({ where: { workflowId, number: versionNumber, listed: true }, select: { id: true } });
  if (version === null) throw new DomainError("invalid_input", { field: "versionNumber", reason: "is no version of this workflow" });
  if (environment !== null && !(await wasDeployedIn(tx, { workflowId, environmentId: environment.id, versionId: version.id }))) {
    throw new DomainError("invalid_input", { field: "versionNumber", reason: `is ${versionNumber}, which has never been in ${environment.name}: promote it first` });
  }
  return { nodeId, versionId: version.id, environmentId: bound };
}

export async function setTriggerMode({ scope }: Context, { triggerId, mode }: Input<typeof contract.setModeInput>): Promise<contract.TriggerDetail> {
  const changed = await scope.db.transaction(async (tx) => {
    const row = await lockTrigger(tx, triggerId);
    await requireUnlocked(tx, scope, { workflowIds: [row.workflowId] });
    if (row.mode !== mode) {
      const nextFireAt = mode === "disabled" || row.retiredAt !== null ? null : ((row.mode === "disabled" ? null : row.nextFireAt) ?? firstFireOf(kindOf(row), row.config as Record<string, unknown>, null));
      // A new beginning: what went wrong before says nothing about now.
      await tx.$executeRaw`update trigger set mode = ${mode}, paused_until = case when ${mode} <> 'disabled' then paused_until end, pause_policy = case when ${mode} <> 'disabled' then pause_policy end, next_fire_at = ${nextFireAt}, revision = revision + 1, error = null, failures = 0, updated_by_id = ${scope.userId}::uuid, updated_at = now() where id = ${triggerId}::uuid`;
      await recordAudit(tx, scope, { action: `trigger.${mode}`, resource: { type: "trigger", id: triggerId, name: row.name }, before: { mode: row.mode }, after: { mode } });
    }
    return view(tx, scope, triggerId);
  });
  if (mode !== "disabled" || !makesThings(changed.kind)) return told(scope, changed);
  const problem = await cleanUp({ ...changed, workspaceId: scope.workspaceId }, "disabled");
  if (problem === null) return told(scope, changed);
  await noteCleaned({ ...changed, workspaceId: scope.workspaceId }, problem, { isOld: null, organizationId: scope.organizationId });
  return getTrigger({ scope }, { triggerId });
}

/**
 * It is gone at once for everybody; retention empties its inbox in batches. `left`: why something of it is still at the other side, where
 * it is taken away later.
 */
export async function deleteTrigger({ scope }: Context, { triggerId }: { triggerId: string }): Promise<{ ok: true; left: string | null }> {
  const deleted = await scope.db.transaction(async (tx) => {
    const row = await lockTrigger(tx, triggerId);
    if (row.declared && row.retiredAt === null) throw new DomainError("invalid_input", { field: "triggerId", reason: `is declared by the step ${row.nodeId}: remove that and publish, or disable it` });
    await requireUnlocked(tx, scope, { workflowIds: [row.workflowId] });
    const now = new Date();
    await tx.trigger.update({
      where: { id: triggerId },
      data: { deletedAt: now, retiredAt: now, mode: "disabled", declared: false, nextFireAt: null, pausedUntil: null, pausePolicy: null, routeKey: null, tokenHash: null, tokenSealed: null, tokenKeyId: null, versionId: null, revision: { increment: 1 }, updatedById: scope.userId },
    });
    await recordAudit(tx, scope, { action: "trigger.deleted", resource: { type: "trigger", id: triggerId, name: row.name } });
    return row;
  });
  tellTriggerChanged(scope.workspaceId, triggerId);
  if (!makesThings(deleted.kind)) return { ok: true, left: null };
  const cleaned = { id: triggerId, workspaceId: scope.workspaceId, name: deleted.name, kind: deleted.kind, config: deleted.config as Record<string, unknown> };
  const left = await cleanUp(cleaned, "deleted");
  await noteCleaned(cleaned, left, { isOld: false, organizationId: scope.organizationId });
  return { ok: true, left };
}

/** The old address stops working at once. */
export async function rotateToken({ scope }: Context, { triggerId }: { triggerId: string }): Promise<contract.TriggerDetail> {
  const changed = await scope.db.transaction(async (tx) => {
    const row = await lockTrigger(tx, triggerId);
    await requireUnlocked(tx, scope, { workflowIds: [row.workflowId] });
    if (row.tokenHash === null) throw new DomainError("invalid_input", { field: "triggerId", reason: "has no address" });
    await tx.trigger.update({ where: { id: triggerId }, data: { ...(await newToken(tx, scope.workspaceId, triggerId, row.kind)), updatedById: scope.userId, revision: { increment: 1 } } });
    await recordAudit(tx, scope, { action: "trigger.token_rotated", resource: { type: "trigger", id: triggerId, name: row.name } });
    return view(tx, scope, triggerId, { isNew: true });
  });
  return told(scope, changed);
}

function kindOf({ kind }: TriggerRow): TriggerKind {
  if (!isTriggerKind(kind)) throw new DomainError("invalid_input", { field: "kind", reason: `is ${kind}, which this installation does not know` });
  return kind;
}

function told(scope: Scope, detail: contract.TriggerDetail): contract.TriggerDetail {
  tellTriggerChanged(scope.workspaceId, detail.id);
  return detail;
}
