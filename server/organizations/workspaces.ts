import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { deleteBlobsOfWorkspace } from "@/server/blobs/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { inTransaction } from "@/server/db/transaction";
import { DomainError } from "@/server/errors/domain-error";
import type { changeWorkspaceInput, createWorkspaceInput, renameWorkspaceInput, WorkspaceView } from "./contract";
import { freeSlug } from "./free-slug";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };

/** A deleted workspace can be restored for so long. */
export const WORKSPACE_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

export const purgeTimeOf = (deletedAt: Date | null) => (deletedAt === null ? null : new Date(deletedAt.getTime() + WORKSPACE_KEPT_DAYS * DAY_MS).toISOString());

export async function listWorkspaces({ organization }: Context): Promise<WorkspaceView[]> {
  const rows = await organization.db.workspace.findMany({ orderBy: [{ name: "asc" }, { id: "asc" }] });
  return rows.map(({ id, slug, name, createdAt, archivedAt, deletedAt }) => ({
    id, slug, name,
    createdAt: createdAt.toISOString(),
    archivedAt: archivedAt?.toISOString() ?? null,
    deletedAt: deletedAt?.toISOString() ?? null,
    purgeAt: purgeTimeOf(deletedAt),
  }));
}

/** Its maker owns it. */
export async function createWorkspace({ organization }: Context, { name, slug: wanted }: z.output<typeof createWorkspaceInput>) {
  const id = newId();
  const { organizationId, userId } = organization;
  // Addresses are unique in the installation; whose they are, a scope of one organization does not see.
  const slug = wanted ?? (await freeSlug(name, async (one) => (await rawDb().workspace.count({ where: { slug: one } })) > 0));
  await inWords({ kind: "workspace", name: slug, organization: organization.organization.name }, () =>
    organization.db.transaction(async (tx) => {
      await tx.workspace.create({ data: { id, organizationId, name, slug } });
      if (userId !== null) await tx.membership.create({ data: { id: newId(), workspaceId: id, organizationId, userId, role: "owner" } });
      await recordAudit(tx, organization, { action: "workspace.created", resource: { type: "workspace", id, name }, after: { slug } });
    }),
  );
  return { id, slug };
}

async function findWorkspace(tx: Tx, id: string) {
  const workspace = await tx.workspace.findFirst({ where: { id } });
  if (workspace === null) throw new DomainError("not_found", { what: "workspace", id });
  return workspace;
}

export async function renameWorkspace({ organization }: Context, { workspaceId, name }: z.output<typeof renameWorkspaceInput>) {
  await organization.db.transaction(async (tx) => {
    const before = await findWorkspace(tx, workspaceId);
    await tx.workspace.update({ where: { id: workspaceId }, data: { name } });
    await recordAudit(tx, organization, { action: "workspace.renamed", resource: { type: "workspace", id: workspaceId, name }, before: { name: before.name }, after: { name } });
  });
  return done;
}

const CHANGES = {
  archive: () => ({ archivedAt: new Date() }),
  unarchive: () => ({ archivedAt: null }),
  delete: () => ({ deletedAt: new Date() }),
  restore: () => ({ deletedAt: null }),
} as const;
const AUDITED = { archive: "workspace.archived", unarchive: "workspace.unarchived", delete: "workspace.deleted", restore: "workspace.restored" } as const;

/** Archived: everything can be seen, nothing changed or started. Deleted: gone, but for the time it can be restored. */
export async function changeWorkspace({ organization }: Context, { workspaceId, action }: z.output<typeof changeWorkspaceInput>) {
  await organization.db.transaction(async (tx) => {
    const { name, deletedAt } = await findWorkspace(tx, workspaceId);
    if ((deletedAt !== null) !== (action === "restore")) throw new DomainError("invalid_input", { field: "action", reason: deletedAt === null ? "is possible for a deleted workspace only" : "is not possible for a deleted workspace" });
    await tx.workspace.update({ where: { id: workspaceId }, data: CHANGES[action]() });
    await recordAudit(tx, organization, { action: AUDITED[action], resource: { type: "workspace", id: workspaceId, name } });
  });
  return done;
}

/** So that what fails again and again keeps nothing else from being taken away. */
export const UNTRIED_FIRST = "order by purge_tried_at nulls first, deleted_at, id";

/** Takes what was deleted long enough ago away for good, one workspace at a time. Its audit events stay with the organization. */
export function purgeWorkspaces(): Promise<number> {
  return purgeTheseWorkspaces(`deleted_at < now() - make_interval(days => $1) ${UNTRIED_FIRST} limit 5`, WORKSPACE_KEPT_DAYS);
}

/** `which`: an SQL condition of ours with one value. */
export async function purgeTheseWorkspaces(which: string, value: unknown): Promise<number> {
  const { rows } = await sharedPool().query<{ id: string; name: string; organizationId: string }>(`select id::text, name, organization_id::text as "organizationId" from workspace where ${which}`, [value]);
  const failed: unknown[] = [];
  for (const { id, name, organizationId } of rows) await purge(id, name, organizationId).catch((error: unknown) => failed.push(error));
  // A store that does not answer keeps its own workspaces waiting, and no others.
  if (failed.length > 0) throw failed[0];
  return rows.length;
}

async function purge(id: string, name: string, organizationId: string): Promise<void> {
  await sharedPool().query("update workspace set purge_tried_at = clock_timestamp() where id = $1", [id]);
  await deleteBlobsOfWorkspace(id);
  await inTransaction(sharedPool(), async (client) => {
    const { rowCount } = await client.query("select from blob where workspace_id = $1 and store <> 'postgres' limit 1", [id]);
    if (rowCount !== 0) throw new Error(`workspace ${id} got a file while it was purged; the next purge takes it too`);
    // Tables of the engine have no foreign keys; whatever has a workspace is emptied of this one, children before parents.
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = current_schema() and c.column_name = 'workspace_id' and t.table_type = 'BASE TABLE' and c.table_name <> 'audit_event'
         and not exists (select from pg_constraint k where k.contype = 'f' and k.conrelid = format('%I', c.table_name)::regclass)`,
    );
    for (const table of tables) await client.query(`delete from "${table.name}" where workspace_id = $1`, [id]);
    await client.query("update workflow set published_version_id = null where workspace_id = $1", [id]);
    await client.query("delete from run where workspace_id = $1", [id]);
    await client.query("delete from workspace where id = $1", [id]);
    await client.query(
      "insert into audit_event (id, organization_id, actor_type, actor_name, action, resource_type, resource_id, resource_name) values ($1, $2, 'system', 'Millrace', 'workspace.purged', 'workspace', $3, $4)",
      [newId(), organizationId, id, name],
    );
  });
}
