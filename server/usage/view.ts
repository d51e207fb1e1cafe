import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import { MONTHS_SHOWN } from "./constants";
import type { UsageView } from "./contract";
import { fillMonths, lastMonths } from "./queries";
import { toQuotaView } from "./quotas";

interface Context {
  scope: Scope;
}

export async function monthsOf(scope: Scope, months: number) {
  const rows = await scope.db.usageMonth.findMany({ where: { month: { gte: lastMonths(months).at(-1)! } } });
  return fillMonths(rows, months);
}

/** The organization's quotas are shown to its workspaces, as they stop them too; what other workspaces use of them is not told apart. */
export async function viewUsage({ scope }: Context): Promise<UsageView> {
  const { workspaceId, organizationId } = scope;
  const [months, workspace, heldEvents, quotas] = await Promise.all([
    monthsOf(scope, MONTHS_SHOWN),
    scope.db.workspace.findFirst({ where: { id: workspaceId }, select: { quotaReached: true } }),
    scope.db.triggerEvent.count({ where: { status: "held", heldByQuota: true } }),
    rawDb().usageQuota.findMany({ where: { organizationId, OR: [{ workspaceId }, { workspaceId: null }] }, orderBy: [{ metric: "asc" }] }),
  ]);
  return { months, quotas: quotas.map(toQuotaView), quotaReached: workspace?.quotaReached ?? null, heldEvents };
}
