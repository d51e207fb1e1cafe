import type { z } from "zod";
import { isReading } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { findEnvironments } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { locksPerson, reviewsPerson } from "@/server/protection/service";
import type { explainInput, Explanation } from "./contract";
import { findPlace, type FoundPlace } from "./places";
import { CHANGES } from "./rights";
import { describeRole, permissionsAt, type RoleAt, rolesAt } from "./roles-at";

/** Every role that reaches the place, which of them allow it, and what forbids it all the same, or asks for a review first. */
export function explain({ scope }: { scope: Scope }, { userId, permission, place }: z.output<typeof explainInput>): Promise<Explanation> {
  if (place === undefined) scope.require("member:read");
  return scope.db.transaction(async (tx) => {
    const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: { name: true, email: true, disabledAt: true } } } });
    if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
    const { user } = member;
    const found = place === undefined ? null : await findPlace(tx, place);
    const roles = await rolesAt(tx, found, userId);
    const reasons = roles.map((row) => ({
      ...describeRole(row, user.name ?? user.email, found, scope),
      allows: user.disabledAt === null && permissionsAt(row).includes(permission),
    }));
    const person = { userId, roles: (await rolesAt(tx, null, userId)).map(({ role }) => role) };
    const isLocked = CHANGES.includes(permission) && (await locksPerson(tx, lockOf(found), person));
    const needsReview = permission === "workflow:publish" && (await reviewsPerson(tx, lockOf(found), person));
    const isArchived = !isReading(permission) && permission !== "workspace:delete" && (await isArchivedNow(tx, scope));
    const promotesNotInto = permission === "workflow:publish" ? await closedEnvironments(tx, userId, roles) : [];
    return { allowed: !isLocked && !isArchived && reasons.some((reason) => reason.allows), reasons, isLocked, isArchived, needsReview, promotesNotInto };
  });
}

/** Those that name others who bring versions there. A role at a part brings none anywhere. */
async function closedEnvironments(tx: Tx, userId: string, roles: readonly RoleAt[]): Promise<string[]> {
  const held = roles.flatMap(({ role, label, folderId, itemId }) => (folderId === null && itemId === null ? [role, label] : []));
  const closed = (await findEnvironments(tx)).filter(({ promoterRoles, promoterIds }) => promoterRoles.length + promoterIds.length > 0 && !promoterIds.includes(userId) && !promoterRoles.some((role) => held.includes(role)));
  return closed.map(({ name }) => name);
}

async function isArchivedNow(tx: Tx, { workspaceId }: Scope): Promise<boolean> {
  const row = await tx.workspace.findFirst({ where: { id: workspaceId }, select: { archivedAt: true, organization: { select: { archivedAt: true } } } });
  return row === null || row.archivedAt !== null || row.organization.archivedAt !== null;
}

function lockOf(place: FoundPlace | null) {
  return place === null ? {} : place.kind === "folder" ? { folderIds: [place.id] } : { workflowIds: [place.id] };
}
