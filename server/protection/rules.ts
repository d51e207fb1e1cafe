import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { ProtectionRuleView, setProtectionInput } from "./contract";

interface Context {
  scope: Scope;
}

export function listRules({ scope }: Context): Promise<ProtectionRuleView[]> {
  return scope.db.transaction(findRules);
}

async function findRules(tx: Tx): Promise<ProtectionRuleView[]> {
  const rules = await tx.protectionRule.findMany({ include: { exceptions: true, folder: { select: { id: true, name: true, deletedAt: true } } }, orderBy: { createdAt: "asc" } });
  const people = await tx.user.findMany({ where: { id: { in: rules.flatMap(({ exceptions }) => exceptions.flatMap(({ userId }) => userId ?? [])) } }, select: { id: true, name: true, email: true } });
  return rules.filter(({ folder }) => folder === null || folder.deletedAt === null).map(({ id, folder, needsReview, isLocked, exceptions }) => {
    const whom = (purpose: string) => {
      const named = exceptions.filter((one) => one.purpose === purpose);
      return { roles: named.flatMap(({ role }) => role ?? []), people: people.filter((person) => named.some(({ userId }) => userId === person.id)).map((person) => ({ id: person.id, name: person.name ?? person.email })) };
    };
    return { id, folder: folder && { id: folder.id, name: folder.name }, needsReview, isLocked, mayPublish: whom("publish"), mayChange: whom("change") };
  });
}

/** One rule for each place. */
export function setRule({ scope }: Context, { folderId, needsReview, isLocked, mayPublish, mayChange }: z.output<typeof setProtectionInput>): Promise<ProtectionRuleView[]> {
  return scope.db.transaction(async (tx) => {
    const { workspaceId } = scope;
    if (folderId !== null && (await tx.folder.count({ where: { id: folderId, deletedAt: null } })) === 0) throw new DomainError("not_found", { what: "folder", id: folderId });
    const before = await tx.protectionRule.findFirst({ where: { folderId } });
    if (before !== null) await tx.protectionRule.delete({ where: { id: before.id } });
    if (needsReview || isLocked) {
      const id = newId();
      await tx.protectionRule.create({ data: { id, workspaceId, folderId, needsReview, isLocked, createdById: scope.userId } });
      const exceptions = [...(needsReview ? await exceptionsOf(tx, "publish", mayPublish) : []), ...(isLocked ? await exceptionsOf(tx, "change", mayChange) : [])];
      await tx.protectionException.createMany({ data: exceptions.map((one) => ({ id: newId(), workspaceId, ruleId: id, ...one })) });
    }
    await recordAudit(tx, scope, {
      action: "protection.changed",
      resource: folderId === null ? { type: "workspace", id: workspaceId } : { type: "folder", id: folderId },
      before: { needsReview: before?.needsReview ?? false, isLocked: before?.isLocked ?? false },
      after: { needsReview, isLocked, mayPublish, mayChange },
    });
    return findRules(tx);
  });
}

async function exceptionsOf(tx: Tx, purpose: string, { roles, userIds }: { roles: string[]; userIds: string[] }) {
  const ids = [...new Set(userIds)];
  const known = await tx.user.findMany({ where: { id: { in: ids } }, select: { id: true } });
  const missing = ids.find((id) => !known.some((person) => person.id === id));
  if (missing !== undefined) throw new DomainError("not_found", { what: "person", id: missing });
  return [...[...new Set(roles)].map((role) => ({ purpose, role, userId: null })), ...ids.map((userId) => ({ purpose, role: null, userId }))];
}
