import type { z } from "zod";
import { isReading, type Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { findEnvironments } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { locksPerson, reviewsPerson } from "@/server/protection/service";
import type { explainInput, Explanation } from "./contract";
import { findPlace, type FoundPlace } from "./places";
import { CHANGES } from "./rights";
import { describeRole, permissionsAt, rolesAt } from "./roles-at";

/** Every role that reaches the place, which of them allow it, and what forbids it all the same, or asks for a review first. */
export function explain({ scope }: { scope: Scope }, { userId, permission, place }: z.output<typeof explainInput>): Promise<Explanation> {
  if (place === undefined) scope.require("member:read");
  return scope.db.transaction(async (tx) => explainPerson(tx, scope, { userId, permission, place: place === undefined ? null : await findPlace(tx, place) }));
}

export async function explainPerson(tx: Tx, scope: Scope, { userId, permission, place: found }: Asked & { userId: string }): Promise<Explanation> {
  const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: { name: true, email: true, disabledAt: true } } } });
  if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
  const { user } = member;
  const roles = await rolesAt(tx, found, userId);
  const reasons = roles.map((row) => ({
    ...describeRole(row, user.name ?? user.email, found, scope),
    allows: user.disabledAt === null && permissionsAt(row).includes(permission),
  }));
  const person = { userId, roles: (await rolesAt(tx, null, userId)).map(({ role }) => role) };
  const named = roles.flatMap(({ role, label, folderId, itemId }) => (folderId === null && itemId === null ? [role, label] : []));
  return judged(tx, scope, { permission, place: found }, reasons, { ...person, named });
}

export interface Asked {
  permission: Permission;
  place: FoundPlace | null;
}

/** What forbids it whatever roles allow, or comes first. Rules for locks and reviews name people and `roles`, environments those and `named`. */
export async function judged(tx: Tx, scope: Scope, { permission, place }: Asked, reasons: Explanation["reasons"], who: { userId: string; roles: readonly string[]; named: readonly string[] }): Promise<Explanation> {
  const isLocked = CHANGES.includes(permission) && (await locksPerson(tx, lockOf(place), who));
  const needsReview = permission === "workflow:publish" && (await reviewsPerson(tx, lockOf(place), who));
  const isArchived = !isReading(permission) && permission !== "workspace:delete" && (await isArchivedNow(tx, scope));
  const promotesNotInto = permission === "workflow:publish" ? await closedEnvironments(tx, who) : [];
  return { allowed: !isLocked && !isArchived && reasons.some((reason) => reason.allows), reasons, isLocked, isArchived, needsReview, promotesNotInto };
}

/** Those that name others who bring versions there. A role at a part brings none anywhere. */
async function closedEnvironments(tx: Tx, { userId, named }: { userId: string; named: readonly string[] }): Promise<string[]> {
  const closed = (await findEnvironments(tx)).filter(({ promoterRoles, promoterIds }) => promoterRoles.length + promoterIds.length > 0 && !promoterIds.includes(userId) && !promoterRoles.some((role) => named.includes(role)));
  return closed.map(({ name }) => name);
}

async function isArchivedNow(tx: Tx, { workspaceId }: Scope): Promise<boolean> {
  const row = await tx.workspace.findFirst({ where: { id: workspaceId }, select: { archivedAt: true, organization: { select: { archivedAt: true } } } });
  return row === null || row.archivedAt !== null || row.organization.archivedAt !== null;
}

function lockOf(place: FoundPlace | null) {
  return place === null ? {} : place.kind === "folder" ? { folderIds: [place.id] } : { workflowIds: [place.id] };
}
