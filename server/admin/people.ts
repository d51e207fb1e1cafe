import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import { normalizeEmail } from "@/server/auth/email-address";
import { keepingAnAdministrator, type PlatformScope } from "@/server/auth/platform";
import { isSomebodyElses } from "@/server/auth/proven-address";
import { inWords } from "@/server/organizations/service";
import { rawDb } from "@/server/db/client";
import { holding } from "@/server/db/fold-case";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Administrator, grantInput, setDisabledInput, UserRow, usersInput } from "./contract";

interface Context {
  platform: PlatformScope;
}
const done = { ok: true as const };
const SHOWN = 100;

export async function listAdministrators(): Promise<Administrator[]> {
  const rows = await rawDb().platformAdmin.findMany({ include: { user: true }, orderBy: { createdAt: "asc" } });
  return rows.map(({ userId, createdAt, user }) => ({ userId, name: user.name ?? user.email, email: user.email, since: createdAt.toISOString(), isDisabled: user.disabledAt !== null }));
}

/** Somebody who has an account. It says nothing about what they may do in organizations. */
export async function grantAdministrator({ platform }: Context, { email }: z.output<typeof grantInput>) {
  const address = normalizeEmail(email);
  await rawDb().$transaction(async (tx) => {
    const user = address === null ? null : await tx.user.findFirst({ where: { email: address, disabledAt: null } });
    if (user === null) throw new DomainError("invalid_input", { field: "email", reason: "is of nobody who has an account here" });
    if (await isSomebodyElses(tx, user)) throw new DomainError("invalid_input", { field: "email", reason: "is of an account whose holder has not shown yet that the mailbox is theirs: they have to sign in by a mailed link once, or by one of `millrace sign-in-link`" });
    const before = await tx.platformAdmin.count({ where: { userId: user.id } });
    if (before > 0) return;
    await tx.platformAdmin.create({ data: { userId: user.id, grantedById: platform.userId } });
    await recordAudit(tx, platform, { action: "platform_admin.granted", resource: { type: "user", id: user.id, name: user.name ?? user.email } });
  });
  return done;
}

export async function revokeAdministrator({ platform }: Context, { userId }: { userId: string }) {
  await keepingAnAdministrator(() => rawDb().$transaction(async (tx) => {
    const admin = await tx.platformAdmin.findFirst({ where: { userId }, include: { user: true } });
    if (admin === null) throw new DomainError("not_found", { what: "administrator", id: userId });
    await tx.platformAdmin.delete({ where: { userId } });
    await recordAudit(tx, platform, { action: "platform_admin.revoked", resource: { type: "user", id: userId, name: admin.user.name ?? admin.user.email } });
  }));
  return done;
}

export async function findUsers({ search }: z.output<typeof usersInput>): Promise<{ items: UserRow[]; hasMore: boolean }> {
  const email = await holding(rawDb(), "user_account", "email", search);
  const name = await holding(rawDb(), "user_account", "name", search);
  const rows = await rawDb().user.findMany({
    where: search === "" ? {} : { OR: [{ email }, { name }] },
    include: { platformAdmin: true, organizations: { include: { organization: { select: { name: true } } } }, _count: { select: { sessions: { where: { revokedAt: null, expiresAt: { gt: new Date() } } } } } },
    orderBy: [{ email: "asc" }],
    take: SHOWN + 1,
  });
  const items = rows.slice(0, SHOWN).map((row) => ({
    id: row.id, name: row.name ?? row.email, email: row.email,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    isDisabled: row.disabledAt !== null,
    sessions: row._count.sessions,
    organizations: row.organizations.map(({ organization }) => organization.name).sort(),
    isAdministrator: row.platformAdmin !== null,
  }));
  return { items, hasMore: rows.length > SHOWN };
}

/** Who is disabled is out at once: sessions end, and the database knows no access of theirs. */
export async function setUserDisabled({ platform }: Context, { userId, disabled }: z.output<typeof setDisabledInput>) {
  if (userId === platform.userId) throw new DomainError("invalid_input", { field: "userId", reason: "is you" });
  await keepingOwners(() => rawDb().$transaction(async (tx) => {
    const user = await requireUser(tx, userId);
    await tx.user.update({ where: { id: userId }, data: { disabledAt: disabled ? new Date() : null, disabledByOrganizationId: null }, select: { id: true } });
    if (disabled) await endOf(tx, userId);
    await recordAudit(tx, platform, { action: disabled ? "user.disabled" : "user.enabled", resource: { type: "user", id: userId, name: user.name ?? user.email } });
  }));
  return done;
}

/** The last owner of an organization stays as well. */
async function keepingOwners<Result>(work: () => Promise<Result>): Promise<Result> {
  return inWords({ kind: "person", name: "", organization: "An organization of theirs" }, () => keepingAnAdministrator(work));
}

export async function endSessions({ platform }: Context, { userId }: { userId: string }): Promise<{ ended: number }> {
  return rawDb().$transaction(async (tx) => {
    const user = await requireUser(tx, userId);
    const ended = await endOf(tx, userId);
    await recordAudit(tx, platform, { action: "user.sessions_ended", resource: { type: "user", id: userId, name: user.name ?? user.email }, after: { ended } });
    return { ended };
  });
}

async function endOf(tx: Tx, userId: string): Promise<number> {
  const { count } = await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
  return count;
}

async function requireUser(tx: Tx, id: string) {
  const user = await tx.user.findFirst({ where: { id }, select: { id: true, name: true, email: true } });
  if (user === null) throw new DomainError("not_found", { what: "user", id });
  return user;
}
