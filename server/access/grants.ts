import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import type { grantInput, GrantView, listGrantsInput, revokeInput } from "./contract";
import { changeKeepingOwn } from "./own-losses";
import { findPlace, type FoundPlace, pathOf } from "./places";
import { chooseRole, namesOfRoles, viewRole } from "./role-choice";

interface Context {
  scope: Scope;
}

const placeOf = ({ kind, id }: FoundPlace) => (kind === "folder" ? { folderId: id } : { itemType: "workflow", itemId: id });

const lockOf = ({ kind, id }: FoundPlace) => (kind === "folder" ? { folderIds: [id] } : { workflowIds: [id] });

/** What was granted at a place, and what comes from the folders above it. */
export function listGrants({ scope }: Context, { place }: z.output<typeof listGrantsInput>): Promise<GrantView[]> {
  return scope.db.transaction(async (tx) => {
    const found = await findPlace(tx, place);
    const rows = await tx.accessGrant.findMany({
      where: { OR: [placeOf(found), { folderId: { in: found.folders.map(({ id }) => id) } }] },
      include: { member: { include: { user: { select: { id: true, name: true, email: true } } } }, group: { select: { id: true, name: true } } },
      orderBy: { createdAt: "asc" },
    });
    const names = await namesOfRoles(tx);
    return rows.map((row) => ({
      id: row.id,
      who: row.group === null ? { kind: "person" as const, id: row.userId ?? "", name: row.member?.user.name ?? row.member?.user.email ?? "" } : { kind: "group" as const, ...row.group },
      ...viewRole(row, names),
      createdAt: row.createdAt.toISOString(),
      from: row.folderId === null || (found.kind === "folder" && row.folderId === found.id) ? null : { folderId: row.folderId, name: pathOf(found, row.folderId) ?? "" },
    }));
  });
}

/** For a person or group of the organization. Nobody grants more than they may do there themselves. */
export async function grant({ scope }: Context, { place, who, role }: z.output<typeof grantInput>) {
  const id = newId();
  const { workspaceId, organizationId, userId: createdById } = scope;
  try {
    await scope.db.transaction(async (tx) => {
      const found = await findPlace(tx, place);
      await requireUnlocked(tx, scope, lockOf(found));
      const name = await nameOf(tx, who);
      const chosen = await chooseRole(tx, scope, role, "part");
      await tx.accessGrant.create({ data: { id, workspaceId, organizationId, ...who, role: chosen.role, customRoleId: chosen.customRoleId, ...placeOf(found), createdById } });
      await recordAudit(tx, scope, { action: "access.granted", resource: { type: found.kind, id: found.id, name: found.name }, after: { who: name, role: chosen.label } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("name_taken", { what: "grant of this role", name: role, field: "role" }, { cause: error });
    throw error;
  }
  return { id };
}

export async function revoke({ scope }: Context, { grantId, keepsOwn }: z.output<typeof revokeInput>) {
  await scope.db.transaction(async (tx) => {
    const row = await tx.accessGrant.findFirst({ where: { id: grantId, OR: [{ folderId: { not: null } }, { itemId: { not: null } }] } });
    if (row === null) throw new DomainError("not_found", { what: "grant", id: grantId });
    await requireUnlocked(tx, scope, row.folderId === null ? { workflowIds: [row.itemId ?? ""] } : { folderIds: [row.folderId] });
    await chooseRole(tx, scope, row.customRoleId ?? (row.role as "viewer"), "part");
    const take = async () => void (await tx.accessGrant.delete({ where: { id: grantId } }));
    if (keepsOwn) await changeKeepingOwn(tx, scope, await findPlace(tx, row.folderId === null ? { workflowId: row.itemId ?? "" } : { folderId: row.folderId }), take);
    else await take();
    const resource = { type: row.folderId === null ? "workflow" : "folder", id: row.folderId ?? row.itemId ?? "" };
    await recordAudit(tx, scope, { action: "access.revoked", resource, before: { who: row.userId ?? row.groupId, role: row.customRoleId ?? row.role } });
  });
  return { ok: true as const };
}

async function nameOf(tx: Tx, who: z.output<typeof grantInput>["who"]): Promise<string> {
  if ("groupId" in who) {
    const group = await tx.personGroup.findFirst({ where: { id: who.groupId } });
    if (group === null) throw new DomainError("not_found", { what: "group", id: who.groupId });
    return group.name;
  }
  const member = await tx.organizationMember.findFirst({ where: { userId: who.userId }, include: { user: { select: { email: true } } } });
  if (member === null) throw new DomainError("not_found", { what: "person", id: who.userId });
  return member.user.email;
}
