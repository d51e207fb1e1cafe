import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { PartRight, Rights } from "../access";
import type { Scope } from "../scope";
import { rightsOfRunAs } from "./current-rights";
import { type Bound, boundSchema, type RunAs, runAsSchema } from "./run-identity";
import { rightsOfAuthor, type VersionIdentity } from "./start-identity";

/**
 * Whom `runAs` names: a person by their e-mail address, or a service account by its name. Nobody lends rights that are not
 * theirs: it must be oneself, or a service account that may do nothing in the workspace which oneself may not.
 */
export async function requireRunAs(tx: Tx, scope: Scope, text: string, field: string): Promise<RunAs> {
  const found = await findRunAs(tx, text);
  if (found === null) throw new DomainError("invalid_input", { field, reason: `names neither a service account of this workspace nor the address of a member: ${text}` });
  await requireUsable(scope, found, field);
  return found;
}

export function versionIdentityOf({ runAs, publisherRights }: { runAs: unknown; publisherRights: unknown }): VersionIdentity {
  return { runAs: readRunAs(runAs), publisherRights: readBound(publisherRights) };
}

export function readBound(value: unknown): Bound | null {
  return boundSchema.nullable().parse(value ?? null);
}

/** As a version or trigger has it. */
export function readRunAs(value: unknown): RunAs | null {
  return runAsSchema.nullable().parse(value ?? null);
}

export async function requireUsable(scope: Scope, runAs: RunAs, field: string): Promise<void> {
  const { acting } = scope;
  const mine = rightsOfAuthor(scope);
  const isOneself = acting.type === runAs.type && acting.id === runAs.id;
  if (isOneself && isWithin(acting.rights, mine)) return;
  const refuse = (reason: string) => new DomainError("invalid_input", { field, reason });
  if (isOneself) throw refuse(`is ${runAs.name}, who may do more than this token: a person has to choose it`);
  if (runAs.type === "user") throw refuse(`is ${runAs.name}: only they can let runs act for them`);
  const now = await rightsOfRunAs(scope.workspaceId, runAs);
  if (now === null) throw refuse(`is ${runAs.name}, which is disabled`);
  const beyond = [...now.rights.permissions].find((permission) => !mine.permissions.has(permission));
  if (beyond !== undefined) throw refuse(`is ${runAs.name}, which may do more than you: ${beyond}`);
}

/** Whether the second allows all that the first does, in the same places. */
function isWithin(one: Rights, other: Rights): boolean {
  const allows = ({ folderId, itemId, permissions }: PartRight) => [...permissions].every((permission) => other.permissions.has(permission) || other.parts.some((part) => part.folderId === folderId && part.itemId === itemId && part.permissions.has(permission)));
  return [...one.permissions].every((permission) => other.permissions.has(permission)) && one.parts.every(allows);
}

async function findRunAs(tx: Tx, text: string): Promise<RunAs | null> {
  const account = await tx.serviceAccount.findFirst({ where: { name: text }, select: { id: true, name: true } });
  if (account !== null) return { type: "service_account", ...account };
  const person = await tx.user.findFirst({ where: { email: text.toLowerCase(), disabledAt: null }, select: { id: true, name: true, email: true } });
  return person === null ? null : { type: "user", id: person.id, name: person.name ?? person.email };
}
