import type { RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { recordAccess } from "../access-audit";
import type { Session } from "../session";
import { personOf } from "./sessions";

/** The newest; how many there are beside them stands in the file. */
const AUDIT_EVENTS_MAX = 10_000;

/** What the installation knows of this person, in one document. No secrets: those are hashes and keys, worth nothing to read. */
export async function exportOwnData(session: Session, origin: RequestOrigin): Promise<Record<string, unknown>> {
  const { userId } = session;
  const own = { where: { userId } };
  const [user, sessions, memberships, organizations, passkeys, linkedAccounts, apiTokens, savedViews, favorites, preferences, inbox, events, eventCount] = await Promise.all([
    rawDb().user.findUniqueOrThrow({ where: { id: userId }, select: { id: true, email: true, name: true, createdAt: true, updatedAt: true, lastSeenAt: true, passwordHash: true } }),
    rawDb().session.findMany({ ...own, select: { id: true, createdAt: true, lastSeenAt: true, expiresAt: true, revokedAt: true, ip: true, userAgent: true, method: true } }),
    rawDb().membership.findMany({ ...own, select: { role: true, createdAt: true, workspace: { select: { slug: true, name: true } } } }),
    rawDb().organizationMember.findMany({ ...own, select: { role: true, createdAt: true, organization: { select: { slug: true, name: true } } } }),
    rawDb().passkey.findMany({ ...own, select: { name: true, rpId: true, createdAt: true, lastUsedAt: true, backedUp: true } }),
    rawDb().linkedAccount.findMany({ ...own, select: { provider: true, subject: true, label: true, createdAt: true, lastUsedAt: true } }),
    rawDb().apiToken.findMany({ ...own, select: { name: true, prefix: true, scopes: true, createdAt: true, expiresAt: true, revokedAt: true, lastUsedAt: true, lastUsedIp: true } }),
    rawDb().savedView.findMany({ ...own, select: { page: true, name: true, query: true } }),
    rawDb().favorite.findMany(own),
    rawDb().notificationPreference.findMany(own),
    rawDb().inboxItem.findMany({ ...own, select: { createdAt: true, readAt: true, notification: { select: { title: true } } } }),
    rawDb().auditEvent.findMany({ where: { actorType: "user", actorId: userId }, orderBy: { at: "desc" }, take: AUDIT_EVENTS_MAX, select: { at: true, action: true, resourceType: true, resourceId: true, resourceName: true, ip: true, userAgent: true } }),
    rawDb().auditEvent.count({ where: { actorType: "user", actorId: userId } }),
  ]);
  const { passwordHash, ...profile } = user;
  await rawDb().$transaction((tx) => recordAccess(tx, personOf(session), { action: "account.exported", resource: { type: "user", id: userId } }, origin));
  return {
    exportedAt: new Date(), profile: { ...profile, hasPassword: passwordHash !== null }, sessions, memberships, organizations, passkeys, linkedAccounts, apiTokens, savedViews, favorites,
    notificationPreferences: preferences, inbox, auditEvents: events, olderAuditEvents: eventCount - events.length,
  };
}
