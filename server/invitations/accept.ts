import type { z } from "zod";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { recordAccess } from "@/server/auth/access-audit";
import { hashPassword } from "@/server/auth/password";
import { requireStrongPassword } from "@/server/auth/password-strength";
import { takesPassword } from "@/server/auth/policy";
import { proveAddress } from "@/server/auth/proven-address";
import { createSession, type Session } from "@/server/auth/session";
import { isOrganizationRole } from "@/server/auth/permissions";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { joinOrganization } from "@/server/organizations/service";
import type { acceptedSchema, registerInput } from "./contract";
import { findByCode } from "./find";
import { isStillGiven } from "./standing";
import { stateOf } from "./views";

type Accepted = z.output<typeof acceptedSchema>;
type Found = NonNullable<Awaited<ReturnType<typeof findByCode>>>;
interface Person {
  id: string;
  email: string;
  name: string;
}

async function findOpen(code: string): Promise<Found> {
  const row = await findByCode(code);
  if (row === null || stateOf(row) !== "open" || !(await isStillGiven(row))) throw new DomainError("link_invalid", { what: "invitation" });
  return row;
}

/** By who is signed in, if the invitation is for their address. */
export async function accept({ session, origin }: { session: Session; origin: RequestOrigin }, code: string): Promise<Accepted> {
  const row = await findOpen(code);
  if (row.email !== session.email) throw new DomainError("wrong_person", { invited: row.email });
  return rawDb().$transaction((tx) => redeem(tx, row, { id: session.userId, email: session.email, name: session.name }, origin));
}

/**
 * By somebody new. Without a password they are signed in so far as to add one of the ways that the organization allows. The link may have been handed over by anybody: only one that was mailed and shown to nobody says that the address is theirs.
 */
export async function register({ origin, keepSession }: { origin: RequestOrigin; keepSession?: (token: string) => void }, { code, name, password }: z.output<typeof registerInput>): Promise<Accepted> {
  const row = await findOpen(code);
  const taken = () => new DomainError("name_taken", { what: "person", name: row.email, field: "email" });
  const holder = await rawDb().user.findUnique({ where: { email: row.email }, select: { id: true, name: true, email: true } });
  if (holder !== null) {
    // Whoever was handed the link learns that there is an account, and leaves a trace.
    await rawDb().$transaction((tx) => recordAccess(tx, holder, { action: "invitation.refused", resource: { type: "invitation", id: row.id, name: row.email }, after: { reason: "account_exists" } }, origin));
    throw taken();
  }
  if ((password !== undefined) !== (await takesPassword(row.organizationId, row.email))) {
    throw new DomainError("invalid_input", { field: "password", reason: password === undefined ? "is missing" : "is not taken: the organization lets nobody new in by one" });
  }
  if (password !== undefined) await requireStrongPassword(password, [row.email, name, row.organization.name]);
  const person = { id: newId(), email: row.email, name };
  const passwordHash = password === undefined ? null : await hashPassword(password);
  try {
    const accepted = await rawDb().$transaction(async (tx) => {
      await tx.user.create({ data: { ...person, passwordHash, emailProvenAt: row.isMailedOnly ? new Date() : null } });
      return redeem(tx, row, person, origin);
    });
    if (passwordHash === null) keepSession?.(await createSession(person.id, origin, { method: "invitation" }));
    return accepted;
  } catch (error) {
    // Two that register at the same time: the second finds the first one's account, or the invitation used up.
    if (isUniqueViolation(error)) throw taken();
    throw error;
  }
}

/** The row is used up first: of all who try at once, one goes on. */
async function redeem(tx: Tx, row: Found, person: Person, origin: RequestOrigin): Promise<Accepted> {
  const now = new Date();
  const { count } = await tx.invitation.updateMany({
    where: { id: row.id, codeHash: row.codeHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { acceptedAt: now, acceptedById: person.id },
  });
  if (count === 0) throw new DomainError("link_invalid", { what: "invitation" });
  // Who is signed in to the account has its mail as well.
  if (row.isMailedOnly) await proveAddress(tx, await tx.user.findUniqueOrThrow({ where: { id: person.id } }), "mailed invitation", { keeps: true, origin });
  const { organizationId, workspaceId, workspaceRole, customRoleId, organizationRole } = row;
  await joinOrganization(tx, { organizationId, userId: person.id, role: isOrganizationRole(organizationRole) ? organizationRole : "member" });
  if (workspaceId !== null && workspaceRole !== null) {
    await tx.membership.createMany({ data: [{ id: newId(), workspaceId, organizationId, userId: person.id, role: workspaceRole, customRoleId }], skipDuplicates: true });
  }
  const actor = { type: "user" as const, id: person.id, name: person.name, userId: person.id };
  const after = { organizationRole, workspaceRole, customRoleId };
  await recordAudit(tx, { organizationId, workspaceId, actor, origin }, { action: "invitation.accepted", resource: { type: "invitation", id: row.id, name: row.email }, after });
  const workspace = workspaceId === null ? null : await tx.workspace.findUnique({ where: { id: workspaceId }, select: { slug: true } });
  return { workspaceSlug: workspace?.slug ?? null };
}
