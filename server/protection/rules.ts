import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { type Environment, findEnvironment } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import type { ProtectionRuleView, setProtectionInput } from "./contract";

const nameOf = ({ id, name, slug, color }: Environment) => ({ id, name, slug, color: color as NonNullable<ProtectionRuleView["environment"]>["color"] });

interface Context {
  scope: Scope;
}

export function listRules({ scope }: Context): Promise<ProtectionRuleView[]> {
  return scope.db.transaction(findRules);
}

async function findRules(tx: Tx): Promise<ProtectionRuleView[]> {
  const rules = await tx.protectionRule.findMany({ include: { exceptions: true, environment: true, folder: { select: { id: true, name: true, deletedAt: true } } }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  const people = await tx.user.findMany({ where: { id: { in: rules.flatMap(({ exceptions }) => exceptions.flatMap(({ userId }) => userId ?? [])) } }, select: { id: true, name: true, email: true } });
  return rules.filter(({ folder }) => folder === null || folder.deletedAt === null).map(({ id, folder, environment, needsReview, isLocked, exceptions }) => {
    const whom = (purpose: string) => {
      const named = exceptions.filter((one) => one.purpose === purpose);
      return { roles: named.flatMap(({ role }) => role ?? []), people: people.filter((person) => named.some(({ userId }) => userId === person.id)).map((person) => ({ id: person.id, name: person.name ?? person.email })) };
    };
    return { id, folder: folder && { id: folder.id, name: folder.name }, environment: environment && nameOf(environment), needsReview, isLocked, mayPublish: whom("publish"), mayChange: whom("change") };
  });
}

/** One rule for each place, and for each environment there. */
export function setRule({ scope }: Context, { folderId, environment: ref, needsReview, isLocked, mayPublish, mayChange }: Omit<z.output<typeof setProtectionInput>, "environment"> & { environment?: string | null }): Promise<ProtectionRuleView[]> {
  return scope.db.transaction(async (tx) => {
    const { workspaceId } = scope;
    if (folderId !== null && (await tx.folder.count({ where: { id: folderId, deletedAt: null } })) === 0) throw new DomainError("not_found", { what: "folder", id: folderId });
    const environment = ref == null ? null : await findEnvironment(tx, ref);
    if (environment !== null && isLocked) throw new DomainError("invalid_input", { field: "isLocked", reason: "is not for one environment: a lock holds for all that is in the place" });
    const environmentId = environment?.id ?? null;
    const before = await tx.protectionRule.findFirst({ where: { folderId, environmentId } });
    if (before !== null) await tx.protectionRule.delete({ where: { id: before.id } });
    if (needsReview || isLocked) {
      const id = newId();
      await tx.protectionRule.create({ data: { id, workspaceId, folderId, environmentId, needsReview, isLocked, createdById: scope.userId } });
      const exceptions = [...(needsReview ? await exceptionsOf(tx, "publish", mayPublish) : []), ...(isLocked ? await exceptionsOf(tx, "change", mayChange) : [])];
      await tx.protectionException.createMany({ data: exceptions.map((one) => ({ id: newId(), workspaceId, ruleId: id, ...one })) });
    }
    await recordAudit(tx, scope, {
      action: "protection.changed",
      resource: folderId === null ? { type: "workspace", id: workspaceId } : { type: "folder", id: folderId },
      before: { ...(environment === null ? {} : { environment: environment.slug }), needsReview: before?.needsReview ?? false, isLocked: before?.isLocked ?? false },
      after: { ...(environment === null ? {} : { environment: environment.slug }), needsReview, isLocked, mayPublish, mayChange },
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
