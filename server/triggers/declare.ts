import { isDeepStrictEqual } from "node:util";
import type { Prisma, Trigger } from "@/prisma/generated/client";
import { EARLIER_BOUND } from "@/server/auth/acting/run-identity";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import type { Definition } from "@/server/engine/definition";
import { DomainError } from "@/server/errors/domain-error";
import { isTriggerKind, TRIGGER_KINDS, type TriggerKind } from "@/server/triggers/kinds";
import { refuseTakenRoute, requireFreeRoute } from "@/server/triggers/free-route";
import { columnsOf, partsOf, type TriggerParts, errorAfterChange } from "@/server/triggers/settings-of";
import { actsAsOf } from "@/server/triggers/acts-as";
import { secretReachOf } from "@/server/triggers/secret-right";
import { noteLeftover } from "@/server/triggers/leftovers";
import { newToken } from "@/server/triggers/token";
import { firstFireOf } from "@/server/triggers/first-fire";

interface Declared extends TriggerParts {
  nodeId: string;
  kind: TriggerKind;
  name: string;
}

/**
 * Brings the triggers that a published version declares by its start nodes up to it: what is new is made, what is gone is
 * retired, and whatever stays keeps its id, its address and its mode, also when its node has another name.
 */
export async function declareTriggers(tx: Tx, scope: Scope, workflowId: string, versionId: string, definition: Definition): Promise<string[]> {
  const declared = declaredBy(definition);
  // Whoever published the version set them, whoever brings it live.
  const version = await tx.workflowVersion.findFirst({ where: { id: versionId }, select: { publisherRights: true } });
  const setter = { setterRights: (version?.publisherRights ?? EARLIER_BOUND) as Prisma.InputJsonObject };
  const existing = await tx.trigger.findMany({ where: { workflowId, declared: true, isDraft: false } });
  const partner = matched(declared, existing);
  const gone = existing.filter((trigger) => trigger.retiredAt === null && ![...partner.values()].includes(trigger));
  const retiredAt = new Date();
  // First, so that a node may take over the id of another that is gone.
  if (gone.length > 0) await tx.trigger.updateMany({ where: { id: { in: gone.map(({ id }) => id) } }, data: { retiredAt, nextFireAt: null, revision: { increment: 1 } } });
  // So that two routes may change places.
  await tx.trigger.updateMany({ where: { workflowId, declared: true, retiredAt: null, routeKey: { not: null } }, data: { routeKey: null } });
  const kept: string[] = [];
  for (const one of declared) kept.push(await declare(tx, scope, { workflowId, ...setter }, one, partner.get(one) ?? null));
  return [...kept, ...gone.map(({ id }) => id)];
}

function declaredBy(definition: Definition): Declared[] {
  return definition.nodes.flatMap((node, index) => {
    const kind = node.kind.startsWith("trigger.") ? node.kind.slice("trigger.".length) : "";
    if (!isTriggerKind(kind) || node.disabled === true) return [];
    try {
      return [{ nodeId: node.id, kind, name: node.name === "" ? node.id : node.name, ...partsOf(kind, node.config) }];
    } catch (error) {
      if (!DomainError.is(error, "invalid_input")) throw error;
      const { field, reason } = error.data;
      throw new DomainError("invalid_definition", { problems: [{ severity: "error", code: "invalid_config", message: `${field} ${reason}`, path: `/nodes/${index}/config`, nodeId: node.id }] }, { cause: error });
    }
  });
}

/** By node id; then a renamed node by its config, or by being the only one of its kind that is left on both sides. */
function matched(declared: readonly Declared[], existing: readonly Trigger[]): Map<Declared, Trigger> {
  const partner = new Map<Declared, Trigger>();
  const free = new Set(existing);
  const pair = (one: Declared, trigger: Trigger | undefined) => {
    if (trigger === undefined || partner.has(one)) return;
    partner.set(one, trigger);
    free.delete(trigger);
  };
  const left = (kind: string) => [...free].filter((trigger) => trigger.kind === kind && trigger.retiredAt === null);
  const open = (kind: string) => declared.filter((one) => one.kind === kind && !partner.has(one));
  const byActivity = (one: Trigger, other: Trigger) => Number(one.retiredAt !== null) - Number(other.retiredAt !== null);
  for (const one of declared) pair(one, [...free].sort(byActivity).find((trigger) => trigger.nodeId === one.nodeId && trigger.kind === one.kind));
  for (const one of declared) pair(one, left(one.kind).find((trigger) => isDeepStrictEqual(trigger.config, JSON.parse(JSON.stringify(one.config)))));
  for (const one of declared) if (open(one.kind).length === 1 && left(one.kind).length === 1) pair(one, left(one.kind)[0]);
  return partner;
}

async function declare(tx: Tx, scope: Scope, { workflowId, setterRights }: { workflowId: string; setterRights: Prisma.InputJsonObject }, { nodeId, kind, name, ...parts }: Declared, earlier: Trigger | null): Promise<string> {
  const id = earlier?.id ?? newId();
  const columns = columnsOf(kind, parts);
  await requireFreeRoute(tx, columns.routeKey, id);
  const isKnown = earlier !== null && earlier.retiredAt === null && isDeepStrictEqual(earlier.config, JSON.parse(JSON.stringify(parts.config)));
  const reach = isKnown ? {} : await secretReachOf(tx, scope, workflowId, parts.config);
  const data = { name, nodeId, ...columns, ...reach, setterRights, ...(await actsAsOf(tx, scope, columns.runAs)), retiredAt: null, updatedById: scope.userId, nextFireAt: earlier?.mode === "disabled" ? null : firstFireOf(kind, parts.config, earlier) };
  if (earlier !== null) {
    await noteLeftover(tx, earlier, parts.config);
    await refuseTakenRoute(() => tx.trigger.update({ where: { id }, data: { ...data, ...errorAfterChange(earlier.error), revision: { increment: 1 } } }));
    return id;
  }
  const token = "hasToken" in TRIGGER_KINDS[kind] ? await newToken(tx, scope.workspaceId, id, kind) : {};
  await refuseTakenRoute(() => tx.trigger.create({ data: { ...data, id, workspaceId: scope.workspaceId, workflowId, kind, declared: true, createdById: scope.userId, ...token } }));
  return id;
}
