import type { Scope } from "@/server/auth/scope";
import type { Schedules } from "./contract";

const SHOWN = 5;
/** The clock's ticks are seconds apart: what is later than this waits for something else. */
const OVERDUE_AFTER_MS = 60_000;

/** Enabled triggers with a next time. There are as many as people made: hundreds, not millions. */
export function viewSchedules({ scope }: { scope: Scope }, now = Date.now()): Promise<Schedules> {
  return scope.db.transaction(async (tx) => {
    const due = { mode: "enabled", retiredAt: null, nextFireAt: { not: null }, workflow: { deletedAt: null, archivedAt: null } } as const;
    const triggers = await tx.trigger.findMany({
      where: due,
      select: { id: true, name: true, nextFireAt: true, workflow: { select: { id: true, name: true } } },
      orderBy: [{ nextFireAt: "asc" }, { id: "asc" }],
      take: SHOWN,
    });
    const overdue = await tx.trigger.count({ where: { ...due, nextFireAt: { lt: new Date(now - OVERDUE_AFTER_MS) } } });
    const scheduled = await tx.trigger.count({ where: due });
    return { next: triggers.map(({ id, name, workflow, nextFireAt }) => ({ id, name, workflow, at: nextFireAt!.toISOString() })), overdue, scheduled };
  });
}
