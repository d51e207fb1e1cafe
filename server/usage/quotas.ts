import type { z } from "zod";
import { Prisma, type UsageQuota } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { AuditSource } from "@/server/audit/contract";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Metric } from "./constants";
import type { QuotaView, setWorkspaceQuotaInput, workspaceQuotasInput } from "./contract";
import { judgeQuotas } from "./judge";

const done = { ok: true as const };

export function toQuotaView({ metric, amount, used, warnPercent, isHard, workspaceId }: UsageQuota): QuotaView {
  return { metric: metric as Metric, amount: Number(amount), used: Number(used), warnPercent, isHard, of: workspaceId === null ? "organization" : "workspace" };
}

type Value = Pick<z.output<typeof setWorkspaceQuotaInput>, "metric" | "amount" | "warnPercent" | "isHard">;

/** In the caller's transaction; null as amount: there is none any more. */
export async function writeQuota(tx: Tx, source: AuditSource & { userId: string | null }, place: { organizationId: string; workspaceId: string | null }, value: Value): Promise<void> {
  const { metric, amount, warnPercent, isHard } = value;
  const before = await tx.usageQuota.findFirst({ where: { ...place, metric } });
  await tx.usageQuota.deleteMany({ where: { ...place, metric } });
  if (amount !== null) await tx.usageQuota.create({ data: { id: newId(), ...place, metric, amount: new Prisma.Decimal(amount), used: before?.used ?? 0, warnPercent, isHard, updatedById: source.userId } });
  const resource = place.workspaceId === null ? { type: "organization", id: place.organizationId } : { type: "workspace", id: place.workspaceId };
  await recordAudit(tx, source, {
    action: "quota.changed",
    resource,
    before: before === null ? { metric, amount: null } : { metric, amount: Number(before.amount), warnPercent: before.warnPercent, isHard: before.isHard },
    after: amount === null ? { metric, amount } : { metric, amount, warnPercent, isHard },
  });
}

interface Context {
  organization: OrganizationScope;
}

async function requireWorkspace(tx: Tx, id: string): Promise<void> {
  if ((await tx.workspace.count({ where: { id, deletedAt: null } })) === 0) throw new DomainError("not_found", { what: "workspace", id });
}

export async function setWorkspaceQuota({ organization }: Context, { workspaceId, ...value }: z.output<typeof setWorkspaceQuotaInput>) {
  await organization.db.transaction(async (tx) => {
    await requireWorkspace(tx, workspaceId);
    await writeQuota(tx, organization, { organizationId: organization.organizationId, workspaceId }, value);
  });
  await judgeQuotas();
  return done;
}

export function listWorkspaceQuotas({ organization }: Context, { workspaceId }: z.output<typeof workspaceQuotasInput>): Promise<QuotaView[]> {
  return organization.db.transaction(async (tx) => {
    await requireWorkspace(tx, workspaceId);
    const rows = await tx.usageQuota.findMany({ where: { workspaceId }, orderBy: { metric: "asc" } });
    return rows.map(toQuotaView);
  });
}
