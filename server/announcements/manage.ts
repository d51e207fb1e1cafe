import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { PlatformScope } from "@/server/auth/platform";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import type { Audience, Level } from "./constants";
import type { AnnouncementView, saveAnnouncementInput } from "./contract";

interface Context {
  platform: PlatformScope;
}
const done = { ok: true as const };
const SHOWN = 100;

export async function listAnnouncements(): Promise<AnnouncementView[]> {
  const rows = await rawDb().announcement.findMany({ include: { organization: { select: { id: true, name: true } }, _count: { select: { dismissals: true } } }, orderBy: [{ startsAt: "desc" }, { id: "desc" }], take: SHOWN });
  return rows.map(({ id, text, level, audience, organization, startsAt, endsAt, _count }) => ({
    id, text, organization,
    level: level as Level,
    audience: audience as Audience,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt?.toISOString() ?? null,
    dismissals: _count.dismissals,
  }));
}

/** A changed text is shown again to those who had put the old one away. */
export async function saveAnnouncement({ platform }: Context, { id, startsAt, ...fields }: z.output<typeof saveAnnouncementInput>) {
  await rawDb().$transaction(async (tx) => {
    if (fields.organizationId !== null && (await tx.organization.count({ where: { id: fields.organizationId, deletedAt: null } })) === 0) throw new DomainError("not_found", { what: "organization", id: fields.organizationId });
    const before = id === null ? null : await tx.announcement.findFirst({ where: { id } });
    if (id !== null && before === null) throw new DomainError("not_found", { what: "announcement", id });
    const data = { ...fields, startsAt: startsAt ?? before?.startsAt ?? new Date() };
    const saved = before === null ? await tx.announcement.create({ data: { id: newId(), ...data, createdById: platform.userId } }) : await tx.announcement.update({ where: { id: before.id }, data });
    if (before !== null && before.text !== fields.text) await tx.announcementDismissal.deleteMany({ where: { announcementId: before.id } });
    await recordAudit(tx, platform, { action: before === null ? "announcement.created" : "announcement.changed", resource: { type: "announcement", id: saved.id, name: fields.text }, ...(before === null ? {} : { before: { text: before.text, level: before.level } }), after: { text: fields.text, level: fields.level, audience: fields.audience } });
  });
  return done;
}

export async function removeAnnouncement({ platform }: Context, { announcementId }: { announcementId: string }) {
  await rawDb().$transaction(async (tx) => {
    const before = await tx.announcement.findFirst({ where: { id: announcementId } });
    if (before === null) throw new DomainError("not_found", { what: "announcement", id: announcementId });
    await tx.announcement.delete({ where: { id: announcementId } });
    await recordAudit(tx, platform, { action: "announcement.removed", resource: { type: "announcement", id: announcementId, name: before.text } });
  });
  return done;
}
