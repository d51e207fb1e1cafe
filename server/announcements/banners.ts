import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { type Level, LEVELS } from "./constants";
import type { Banner } from "./contract";

/** At most so many lie over the page. */
const SHOWN = 3;

/** What a person is to see now and has not put away, the gravest first. */
export async function bannersFor(userId: string, now = new Date()): Promise<Banner[]> {
  const isAdministrator = (await rawDb().organizationMember.count({ where: { userId, role: { in: ["owner", "admin"] } } })) > 0;
  const rows = await rawDb().announcement.findMany({
    where: {
      startsAt: { lte: now },
      AND: [
        { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        { OR: [{ audience: "everybody" }, { audience: "organization", organization: { members: { some: { userId } } } }, ...(isAdministrator ? [{ audience: "administrators" }] : [])] },
      ],
      dismissals: { none: { userId } },
    },
    orderBy: [{ startsAt: "desc" }, { id: "desc" }],
  });
  const gravityOf = ({ level }: { level: string }) => LEVELS.indexOf(level as Level);
  return rows.sort((one, other) => gravityOf(other) - gravityOf(one)).slice(0, SHOWN).map(({ id, text, level }) => ({ id, text, level: level as Level }));
}

/** One that the person does not see, or that is over, is as unknown as one that never was. */
export async function dismissBanner(userId: string, announcementId: string) {
  if (!(await bannersFor(userId)).some(({ id }) => id === announcementId)) throw new DomainError("not_found", { what: "announcement", id: announcementId });
  await rawDb().announcementDismissal.createMany({ data: [{ announcementId, userId }], skipDuplicates: true });
  return { ok: true as const };
}
