import type { z } from "zod";
import type { CatalogItem, Workflow } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { freeSlug, hashDefinition, insertWorkflow, namesOfPeople } from "@/server/workflows/service";
import { BLOCK_VERSIONS_PAGE } from "./constants";
import type { draftRefInput, listModuleVersionsInput, ModuleDetail, moduleRefInput, ModuleVersionLine, ModuleView } from "./contract";
import { readStored } from "./read-versions";
import { findModule, moduleConfigSchema, ownModules, toView, versionConfigSchema } from "./rows";

interface Context {
  scope: Scope;
}
type Ref = z.output<typeof moduleRefInput>;

export function getModule({ scope }: Context, { module }: Ref): Promise<ModuleDetail> {
  return scope.db.transaction(async (tx) => {
    const item = await findModule(tx, scope, module);
    const draft = await findDraft(tx, item);
    return {
      ...toView(item),
      versions: await newestVersions(tx, item.id),
      draft: draft === null ? null : { workflowId: draft.id, updatedAt: draft.updatedAt.toISOString(), changed: hashOf(draft.draft) !== (await newestHash(tx, item)) },
    };
  });
}

/** Its versions, newest first, from a number on. */
export function listModuleVersions({ scope }: Context, { module, cursor }: z.output<typeof listModuleVersionsInput>): Promise<ModuleVersionLine[]> {
  return scope.db.transaction(async (tx) => newestVersions(tx, (await findModule(tx, scope, module)).id, cursor));
}

async function newestVersions(tx: Tx, itemId: string, before?: number): Promise<ModuleVersionLine[]> {
  const versions = await tx.catalogItemVersion.findMany({
    where: { itemId, ...(before === undefined ? {} : { number: { lt: before } }) },
    select: { number: true, note: true, authorId: true, createdAt: true },
    orderBy: { number: "desc" },
    take: BLOCK_VERSIONS_PAGE,
  });
  const names = await namesOfPeople(tx, versions.map(({ authorId }) => authorId));
  return versions.map(({ number, note, authorId, createdAt }) => ({ number, note, author: authorId === null ? null : { id: authorId, name: names.get(authorId) ?? "somebody" }, createdAt: createdAt.toISOString() }));
}

/** The block whose next version is made under this workflow. */
export async function findModuleOfDraft({ scope }: Context, { workflowId }: z.output<typeof draftRefInput>): Promise<ModuleView> {
  const items = await scope.db.catalogItem.findMany({ where: ownModules(scope) });
  const item = items.find(({ config }) => moduleConfigSchema.parse(config).draftId === workflowId);
  if (item === undefined) throw new DomainError("not_found", { what: "block", id: workflowId });
  return toView(item);
}

/** The draft there is, or one that begins as the newest version. */
export function openDraft({ scope }: Context, { module }: Ref): Promise<{ workflowId: string }> {
  return scope.db.transaction(async (tx) => {
    const { id } = await findModule(tx, scope, module);
    // Two who open it at once get the same one.
    await tx.$queryRaw`select 1 from catalog_item where id = ${id}::uuid for update`;
    const item = await findModule(tx, scope, module);
    const existing = await findDraft(tx, item);
    if (existing !== null) return { workflowId: existing.id };
    const { definition } = await newestVersion(tx, item);
    const workflowId = await insertWorkflow(tx, scope, { name: item.name, description: item.description, definition }, await freeSlug(tx, `block ${module}`), "module");
    await tx.catalogItem.update({ where: { id }, data: { config: { ...(item.config as object), draftId: workflowId } } });
    return { workflowId };
  });
}

export async function forgetDraft(tx: Tx, item: CatalogItem): Promise<void> {
  const draft = await findDraft(tx, item);
  if (draft !== null) await tx.workflow.update({ where: { id: draft.id }, data: { deletedAt: new Date() } });
}

export async function renameDraft(tx: Tx, item: CatalogItem): Promise<void> {
  const draft = await findDraft(tx, item);
  if (draft !== null) await tx.workflow.update({ where: { id: draft.id }, data: { name: item.name, description: item.description } });
}

async function findDraft(tx: Tx, { config }: CatalogItem): Promise<Workflow | null> {
  const { draftId } = moduleConfigSchema.parse(config);
  return draftId === null ? null : tx.workflow.findFirst({ where: { id: draftId, kind: "module", deletedAt: null } });
}

async function newestVersion(tx: Tx, item: CatalogItem) {
  const { config } = await tx.catalogItemVersion.findFirstOrThrow({ where: { itemId: item.id, number: item.revision }, select: { config: true } });
  return readStored(tx, { module: item.slug, version: item.revision, ...versionConfigSchema.parse(config) });
}

async function newestHash(tx: Tx, item: CatalogItem): Promise<string> {
  return (await newestVersion(tx, item)).hash;
}

function hashOf(document: unknown): string | null {
  const { definition } = validateWorkflow(document);
  return definition === null ? null : hashDefinition(definition);
}
