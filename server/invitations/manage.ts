import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import type { RoleChoice } from "@/server/access/contract";
import { chooseRole, isLastingRole } from "@/server/access/service";
import { recordAudit } from "@/server/audit/service";
import { hashToken, newToken } from "@/server/auth/one-time-token";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { countAttempt } from "@/server/auth/rate-limit";
import type { Scope } from "@/server/auth/scope";
import { holding } from "@/server/db/fold-case";
import { newId } from "@/server/db/id";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { INVITATION_SHELVES, InvitationView, Invited, inviteToOrganizationInput, inviteToWorkspaceInput, listInvitationsInput, resendInput } from "./contract";
import { linkOf, mailInvitation } from "./mail";
import { INCLUDED, toView } from "./views";

/** Whoever invites: for one workspace, or for the organization. Its database shows the invitations of that place alone. */
type Inviter = Scope | OrganizationScope;
/** Of a person: refuses a sign-in that is not of just now. Before others can let people in. */
type Proof = () => Promise<void>;

interface Wanted {
  organizationRole: string;
  workspaceRole: string | null;
  customRoleId: string | null;
}

const DAY_MS = 86_400_000;

const SHELVES = {
  waiting: { acceptedAt: null, revokedAt: null },
  accepted: { acceptedAt: { not: null } },
  revoked: { acceptedAt: null, revokedAt: { not: null } },
} satisfies Record<(typeof INVITATION_SHELVES)[number], Prisma.InvitationWhereInput>;

/** Newest first. */
export async function listInvitations(inviter: Inviter, { search, shelf, cursor, limit }: z.output<typeof listInvitationsInput>): Promise<Page<InvitationView>> {
  return inviter.db.transaction(async (tx) => {
    const rows = await tx.invitation.findMany({
      where: { ...(shelf === undefined ? {} : SHELVES[shelf]), ...(search === "" ? {} : { email: await holding(tx, "invitation", "email", search) }), AND: [after("createdAt", decodePlace(cursor))] },
      include: INCLUDED,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const inviters = await tx.user.findMany({ where: { id: { in: rows.flatMap(({ invitedById }) => invitedById ?? []) } }, select: { id: true, name: true, email: true } });
    const names = new Map(inviters.map(({ id, name, email }) => [id, name ?? email]));
    return pageFrom(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }), (row) => toView(row, names));
  });
}

export async function inviteToWorkspace({ scope, requireProof }: { scope: Scope; requireProof?: Proof }, { role, ...input }: z.output<typeof inviteToWorkspaceInput>): Promise<Invited[]> {
  return invite(scope, input, async (tx) => {
    const chosen = await chooseRole(tx, scope, role, "workspace");
    if (isLastingRole(chosen)) await requireProof?.();
    return { organizationRole: "member", workspaceRole: chosen.role, customRoleId: chosen.customRoleId };
  });
}

export async function inviteToOrganization({ organization, requireProof }: { organization: OrganizationScope; requireProof?: Proof }, { role, ...input }: z.output<typeof inviteToOrganizationInput>): Promise<Invited[]> {
  if (role === "owner") organization.require("owner:write");
  if (role !== "member") await requireProof?.();
  return invite(organization, input, () => Promise.resolve({ organizationRole: role, workspaceRole: null, customRoleId: null }));
}

/** Mails go out with the installation's name: so many to one address, and from one organization. Links to copy are counted too. */
async function countInvitation({ organizationId }: Inviter, email: string, byMail: boolean): Promise<void> {
  await countAttempt("invitationsByOrganization", organizationId);
  if (byMail) await countAttempt("invitationToEmail", email);
}

/** All of them or none; an earlier open invitation of the same address is taken back. Mails follow once that is certain. */
async function invite(inviter: Inviter, { emails, days, byMail }: { emails: string[]; days: number; byMail: boolean }, choose: (tx: Tx) => Promise<Wanted>): Promise<Invited[]> {
  const { organizationId, workspaceId } = inviter;
  for (const email of new Set(emails)) await countInvitation(inviter, email, byMail);
  const made = [...new Set(emails)].map((email) => ({ id: newId(), email, ...newToken() }));
  await inviter.db.transaction(async (tx) => {
    const wanted = await choose(tx);
    const now = new Date();
    await tx.invitation.updateMany({ where: { email: { in: made.map(({ email }) => email) }, workspaceId, acceptedAt: null, revokedAt: null }, data: { revokedAt: now } });
    await tx.invitation.createMany({
      data: made.map(({ id, email, hash }) => ({ id, organizationId, workspaceId, email, ...wanted, codeHash: new Uint8Array(hash), invitedById: inviter.userId, expiresAt: new Date(now.getTime() + days * DAY_MS) })),
    });
    for (const { id, email } of made) await recordAudit(tx, inviter, { action: "invitation.created", resource: { type: "invitation", id, name: email }, after: { ...wanted, days } });
  });
  const sent: Invited[] = [];
  for (const one of made) sent.push(await send(inviter, one, byMail));
  return sent;
}

/** With a new link; the earlier one works no more. It is the invitation of whoever renews it from then on. */
export async function resend(inviter: Inviter, { invitationId, byMail }: z.output<typeof resendInput>, requireProof?: Proof): Promise<Invited> {
  const known = await inviter.db.invitation.findFirst({ where: { id: invitationId }, select: { email: true } });
  if (known !== null) await countInvitation(inviter, known.email, byMail);
  const { token, hash } = newToken();
  const email = await inviter.db.transaction(async (tx) => {
    const row = await findOpen(tx, invitationId);
    if (await requireGiving(tx, inviter, row)) await requireProof?.();
    const lasting = row.expiresAt.getTime() - row.createdAt.getTime();
    await tx.invitation.update({ where: { id: invitationId }, data: { codeHash: new Uint8Array(hash), isMailedOnly: false, invitedById: inviter.userId, expiresAt: new Date(Date.now() + lasting) } });
    await recordAudit(tx, inviter, { action: "invitation.renewed", resource: { type: "invitation", id: invitationId, name: row.email } });
    return row.email;
  });
  return send(inviter, { id: invitationId, email, token }, byMail);
}

export async function revoke(inviter: Inviter, { invitationId }: { invitationId: string }) {
  await inviter.db.transaction(async (tx) => {
    const row = await findOpen(tx, invitationId);
    const { email } = row;
    await requireGiving(tx, inviter, row);
    await tx.invitation.update({ where: { id: invitationId }, data: { revokedAt: new Date() } });
    await recordAudit(tx, inviter, { action: "invitation.revoked", resource: { type: "invitation", id: invitationId, name: email } });
  });
  return { ok: true as const };
}

/** The link is as good as the role: it is handed out, and taken back, by those alone who might give that role. True: whoever has it lets others in. */
async function requireGiving(tx: Tx, inviter: Inviter, { organizationRole, workspaceRole, customRoleId }: Wanted): Promise<boolean> {
  if (!("organization" in inviter)) return isLastingRole(await chooseRole(tx, inviter, (customRoleId ?? workspaceRole) as RoleChoice, "workspace"));
  if (organizationRole === "owner") inviter.require("owner:write");
  return organizationRole !== "member";
}

async function findOpen(tx: Tx, id: string) {
  const row = await tx.invitation.findFirst({ where: { id } });
  if (row === null) throw new DomainError("not_found", { what: "invitation", id });
  if (row.acceptedAt !== null || row.revokedAt !== null) throw new DomainError("link_invalid", { what: "invitation" });
  return row;
}

async function send(inviter: Inviter, { id, email, token }: { id: string; email: string; token: string }, byMail: boolean): Promise<Invited> {
  const url = linkOf(token);
  const { problem, isPrivate } = byMail ? await mailInvitation(inviter, { id, email, url }) : { problem: null, isPrivate: false };
  const sent = byMail && problem === null;
  // The link may be renewed meanwhile: what was sent is that of this code.
  if (sent) await inviter.db.invitation.updateMany({ where: { id, codeHash: new Uint8Array(hashToken(token)) }, data: { sentAt: new Date(), isMailedOnly: isPrivate } });
  // What only the mailbox gets to know shows whose it is.
  return { id, email, url: isPrivate ? null : url, sent, problem };
}
