import type { z } from "zod";
import { rawDb, sharedPool } from "@/server/db/client";
import { decodeNamePlace, namePageFrom } from "@/server/db/name-place";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { PlatformScope } from "@/server/auth/platform";
import { judgeQuotas, toQuotaView, writeQuota } from "@/server/usage/service";
import type { organizationsInput, OrganizationRow, setOrganizationQuotaInput, usageInput, WorkspaceUsage } from "./contract";

interface Context {
  platform: PlatformScope;
}

const SHOWN = 200;

const USED = `coalesce(sum(m.runs), 0)::float8 AS runs, coalesce(sum(m.steps), 0)::float8 AS steps, round(coalesce(sum(m.compute_ms), 0) / 1000)::float8 AS "computeSeconds",
  coalesce(sum(m.input_tokens), 0)::float8 AS "inputTokens", coalesce(sum(m.output_tokens), 0)::float8 AS "outputTokens", coalesce(sum(m.cost), 0)::float8 AS "llmCost", coalesce(sum(m.storage_bytes), 0)::float8 AS storage`;

const ORGANIZATIONS = `
SELECT o.id::text AS id, o.name AS key, o.slug, o.name, o.created_at AS "createdAt",
  (SELECT count(*)::int FROM organization_member p WHERE p.organization_id = o.id) AS people,
  (SELECT count(*)::int FROM usage_quota q WHERE q.organization_id = o.id AND q.workspace_id IS NULL) AS quotas,
  count(w.id) FILTER (WHERE w.deleted_at IS NULL)::int AS workspaces, count(w.id) FILTER (WHERE w.deleted_at IS NOT NULL)::int AS "deletedWorkspaces",
  coalesce(bool_or(w.quota_reached IS NOT NULL), false) AS stopped, ${USED}
FROM (SELECT * FROM organization WHERE deleted_at IS NULL AND ($1 = '' OR strpos(fold_case(name), fold_case($1)) > 0 OR strpos(slug, lower($1)) > 0) AND ($2::text IS NULL OR (name, id) > ($2, $3::uuid)) ORDER BY name, id LIMIT $4) o
LEFT JOIN workspace w ON w.organization_id = o.id
LEFT JOIN usage_month m ON m.workspace_id = w.id AND m.month = date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date
GROUP BY o.id, o.slug, o.name, o.created_at ORDER BY o.name, o.id`;

type Used = OrganizationRow["usage"];
type Row = Omit<OrganizationRow, "usage" | "createdAt"> & { key: string; createdAt: Date } & Used;

function usageOf({ runs, steps, computeSeconds, inputTokens, outputTokens, llmCost, storage }: Used): Used {
  return { runs, steps, computeSeconds, inputTokens, outputTokens, llmCost, storage };
}

/** By name, with what they use this month; nothing of what is in their workspaces. */
export async function listOrganizations({ search, cursor, limit }: z.output<typeof organizationsInput>): Promise<Page<OrganizationRow>> {
  const place = decodeNamePlace(cursor);
  const { rows } = await sharedPool().query<Row>(ORGANIZATIONS, [search, place?.key ?? null, place?.id ?? null, limit + 1]);
  return namePageFrom(rows, limit, (row) => {
    const { id, slug, name, createdAt, people, workspaces, deletedWorkspaces, quotas, stopped } = row;
    return { id, slug, name, createdAt: createdAt.toISOString(), people, workspaces, deletedWorkspaces, quotas, stopped, usage: usageOf(row) };
  });
}

const WORKSPACES = `
SELECT w.id::text AS "workspaceId", w.name AS workspace, o.id::text AS "organizationId", o.name AS organization, w.deleted_at IS NOT NULL AS deleted, w.quota_reached AS "quotaReached", ${USED}
FROM workspace w JOIN organization o ON o.id = w.organization_id LEFT JOIN usage_month m ON m.workspace_id = w.id AND m.month = ($1 || '-01')::date
WHERE ($2::uuid IS NULL OR o.id = $2) GROUP BY w.id, o.id ORDER BY coalesce(sum(m.runs), 0) DESC, w.name, w.id LIMIT ${SHOWN + 1}`;

/** The busiest first. */
export async function listUsage({ month, organizationId }: z.output<typeof usageInput>): Promise<{ items: WorkspaceUsage[]; hasMore: boolean }> {
  const { rows } = await sharedPool().query<WorkspaceUsage>(WORKSPACES, [month, organizationId ?? null]);
  return { items: rows.slice(0, SHOWN), hasMore: rows.length > SHOWN };
}

export async function listQuotas({ organizationId }: { organizationId: string }) {
  await requireOrganization(organizationId);
  const rows = await rawDb().usageQuota.findMany({ where: { organizationId, workspaceId: null }, orderBy: { metric: "asc" } });
  return rows.map(toQuotaView);
}

export async function setQuota({ platform }: Context, { organizationId, ...value }: z.output<typeof setOrganizationQuotaInput>) {
  await requireOrganization(organizationId);
  await rawDb().$transaction((tx) => writeQuota(tx, platform, { organizationId, workspaceId: null }, value));
  await judgeQuotas();
  return { ok: true as const };
}

async function requireOrganization(id: string): Promise<void> {
  if ((await rawDb().organization.count({ where: { id, deletedAt: null } })) === 0) throw new DomainError("not_found", { what: "organization", id });
}
