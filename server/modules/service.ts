import type { z } from "zod";
import type { CatalogItem, Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { requireUnlocked } from "@/server/protection/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";
import { DomainError } from "@/server/errors/domain-error";
import { tellTreeChanged } from "@/server/organizing/service";
import { namesOfPeople, requireKnownApprovers, requireRunnable, snapshotInline } from "@/server/workflows/service";
import type * as contract from "./contract";
import { forgetDraft, renameDraft } from "./block-drafts";
import { readStored } from "./read-versions";
import { findModule, ownModules, toView, versionConfigSchema } from "./rows";
import { usesOf } from "./uses";

export { findModuleOfDraft, getModule, listModuleVersions, openDraft } from "./block-drafts";
export { listUses, updateUse } from "./uses";

export { collectBlocks, findBlockHashes, type CarriedBlock, takenBlockSlugs } from "./carried-blocks";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;

const VERSION = `
SELECT v.config FROM catalog_item_version v JOIN catalog_item c ON c.id = v.item_id
WHERE c.workspace_id = $1 AND c.type = 'module' AND c.slug = $2 AND v.number = $3 ORDER BY c.created_at DESC LIMIT 1`;

export async function listModules({ scope }: Context): Promise<contract.ModuleView[]> {
  const items = await scope.db.catalogItem.findMany({ where: ownModules(scope), orderBy: [{ name: "asc" }, { id: "asc" }] });
  return items.map(toView);
}

export async function getModuleVersion({ scope }: Context, { module, version }: Input<typeof contract.moduleVersionInput>): Promise<contract.ModuleVersion> {
  return scope.db.transaction(async (tx) => {
    const item = await findModule(tx, scope, module);
    const found = await tx.catalogItemVersion.findFirst({ where: { itemId: item.id, number: version } });
    if (found === null) throw new DomainError("not_found", { what: "version of the block", id: `${module}@${version}` });
    const { definition } = await readStored(tx, { module, version, ...versionConfigSchema.parse(found.config) });
    const names = await namesOfPeople(tx, [found.authorId]);
    return {
      module,
      definition,
      number: found.number,
      note: found.note,
      author: found.authorId === null ? null : { id: found.authorId, name: names.get(found.authorId) ?? "somebody" },
      createdAt: found.createdAt.toISOString(),
      inputSchema: found.inputSchema ?? {},
    };
  });
}

export async function createModule({ scope }: Context, input: Input<typeof contract.createModuleInput>): Promise<contract.ModuleView> {
  return scope.db.transaction(async (tx) => {
    const made = await insertModule(tx, scope, input, [input]);
    await requireKnownApprovers(tx, requireRunnable(input.definition));
    return made;
  });
}

/** A block with its versions, the oldest first: as a file has them, whoever they ask for approval. */
export async function insertModule(
  tx: Tx,
  scope: Scope,
  { slug, name, description }: Pick<Input<typeof contract.createModuleInput>, "slug" | "name" | "description">,
  versions: readonly { definition: Record<string, unknown>; note: string }[],
): Promise<contract.ModuleView> {
  await requireUnlocked(tx, scope, {});
  const taken = await tx.catalogItem.count({ where: { ...ownModules(scope), slug } });
  if (taken > 0) throw new DomainError("name_taken", { what: "block", name: slug, field: "slug" });
  let item = await tx.catalogItem.create({
    data: { id: newId(), workspaceId: scope.workspaceId, type: "module", kind: "module", provider: "workflow", slug, name, description, revision: 0, updatedById: scope.userId },
  });
  for (const version of versions) item = await insertVersion(tx, scope, item, version);
  await recordAudit(tx, scope, { action: "module.created", resource: { type: "module", id: item.id, name: slug } });
  return toView(item);
}

/** What people read. Workflows name a block by its slug, which stays. */
export async function renameModule({ scope }: Context, { module, name, description }: Input<typeof contract.renameModuleInput>): Promise<contract.ModuleView> {
  return scope.db.transaction(async (tx) => {
    const item = await findModule(tx, scope, module);
    await requireUnlocked(tx, scope, {});
    const renamed = await tx.catalogItem.update({ where: { id: item.id }, data: { name, description, updatedById: scope.userId } });
    await renameDraft(tx, renamed);
    await tellTreeChanged(tx);
    await recordAudit(tx, scope, { action: "module.renamed", resource: { type: "module", id: item.id, name: module }, before: { name: item.name, description: item.description }, after: { name, description } });
    return toView(renamed);
  });
}

/** Workflows go on with the version they name until someone takes the newer one there. */
export async function addVersion({ scope }: Context, input: Input<typeof contract.addModuleVersionInput>): Promise<contract.ModuleView> {
  return scope.db.transaction(async (tx) => {
    const { id } = await findModule(tx, scope, input.module);
    await requireUnlocked(tx, scope, {});
    await tx.$queryRaw`select 1 from catalog_item where id = ${id}::uuid for update`;
    const item = await findModule(tx, scope, input.module);
    if (item.revision !== input.latest) throw new DomainError("version_conflict", { workflowId: id, expectedRevision: input.latest, currentRevision: item.revision });
    const updated = await insertVersion(tx, scope, item, input);
    await requireKnownApprovers(tx, requireRunnable(input.definition));
    await recordAudit(tx, scope, { action: "module.published", resource: { type: "module", id, name: item.slug }, after: { number: updated.revision, note: input.note } });
    return toView(updated);
  });
}

export async function removeModule({ scope }: Context, { module }: Input<typeof contract.moduleRefInput>) {
  await scope.db.transaction(async (tx) => {
    const item = await findModule(tx, scope, module);
    await requireUnlocked(tx, scope, {});
    const uses = await usesOf(tx, module);
    if (uses.length > 0) throw new DomainError("in_use", { what: "block", id: item.id, usedBy: [...new Set(uses.map(({ name }) => name))] });
    await tx.catalogItem.update({ where: { id: item.id }, data: { deletedAt: new Date() } });
    await forgetDraft(tx, item);
    await tellTreeChanged(tx);
    await recordAudit(tx, scope, { action: "module.removed", resource: { type: "module", id: item.id, name: module } });
  });
  return { ok: true as const };
}

/** For the worker. A version stays what it was, also after its block was removed: what is published keeps running. */
export async function resolveModule(workspaceId: string, module: string, version: number): Promise<{ versionId: string } | null> {
  const { rows } = await queryAsTenant<{ config: unknown }>(workspaceId, { text: VERSION, values: [workspaceId, module, version] });
  const [row] = rows;
  return row === undefined ? null : (versionConfigSchema.safeParse(row.config).data ?? null);
}

async function insertVersion(tx: Tx, scope: Scope, item: CatalogItem, { definition: document, note }: { definition: unknown; note: string }): Promise<CatalogItem> {
  const { id: versionId, definition } = await snapshotInline(tx, scope, document);
  const number = item.revision + 1;
  const inputSchema = definition.input as Prisma.InputJsonValue;
  await tx.catalogItemVersion.create({ data: { itemId: item.id, workspaceId: scope.workspaceId, number, config: { versionId }, inputSchema, note, authorId: scope.userId } });
  await tellTreeChanged(tx);
  return tx.catalogItem.update({ where: { id: item.id }, data: { revision: number, inputSchema, updatedById: scope.userId } });
}
