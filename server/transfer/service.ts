import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { arrange, ensureFolder, ensureTags, findArrangements, findFolder, pathOfFolder } from "@/server/organizing/service";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { collectBlocks } from "@/server/modules/service";
import { callOthers, dependenciesOfDraft, findWorkflow, freeSlug, insertWorkflow, parseWorkflowFiles, type WorkflowFile } from "@/server/workflows/service";
import { DomainError } from "@/server/errors/domain-error";
import { makeBlocks, placeBlocks, planBlocks } from "./carry-blocks";
import { type exportedFileSchema, type exportInput, type exportManyInput, FILE_WORKFLOWS_MAX, type ImportEntry, type importedSchema, type importInput, type previewInput, type previewSchema } from "./contract";
import { findMissing } from "./missing";
import { type FileEntry, printEntries } from "./print";

export { missingInDraft } from "./missing-here";

interface Context {
  scope: Scope;
}
const CONTENT_TYPES = { yaml: "application/yaml; charset=utf-8", json: "application/json; charset=utf-8" } as const;

/** The drafts as files say them, with the blocks that they use. Secrets are names in a definition, never values; pins stay here. */
export function exportWorkflows({ scope }: Context, { workflowIds, format }: z.output<typeof exportInput>): Promise<z.output<typeof exportedFileSchema>> {
  return scope.db.transaction(async (tx) => {
    const entries: FileEntry[] = [];
    const arrangements = await findArrangements(tx, "workflow", workflowIds, null);
    for (const id of new Set(workflowIds)) {
      const { name, slug, description, draft } = await findWorkflow(tx, id);
      const folder = await pathOfFolder(tx, arrangements.get(id)?.folderId ?? null);
      const tags = arrangements.get(id)?.tags.map((tag) => tag.name) ?? [];
      entries.push({ name, slug, description, folder, tags, definition: draft as Record<string, unknown> });
    }
    const base = entries.length === 1 ? entries[0]!.slug : "workflows";
    const blocks = await collectBlocks(tx, scope, entries.map(({ definition }) => definition));
    return { fileName: `${base}.${format}`, contentType: CONTENT_TYPES[format], text: printEntries(entries, blocks, format) };
  });
}

/** By slug, in that order; without any, everything that is not archived. */
export async function exportMany({ scope }: Context, { slugs, format }: z.output<typeof exportManyInput>): Promise<z.output<typeof exportedFileSchema>> {
  const where = slugs.length > 0 ? { slug: { in: slugs } } : { archivedAt: null };
  const rows = await scope.db.workflow.findMany({ where: { ...where, kind: { not: "module" }, deletedAt: null }, select: { id: true, slug: true }, orderBy: [{ slug: "asc" }], take: FILE_WORKFLOWS_MAX + 1 });
  if (rows.length > FILE_WORKFLOWS_MAX) throw new DomainError("limit_reached", { what: "workflows in one file", limit: FILE_WORKFLOWS_MAX });
  const absent = slugs.find((slug) => !rows.some((row) => row.slug === slug));
  if (absent !== undefined) throw new DomainError("not_found", { what: "workflow", id: absent });
  if (rows.length === 0) throw new DomainError("not_found", { what: "workflow" });
  const ids = slugs.length === 0 ? rows.map(({ id }) => id) : slugs.map((slug) => rows.find((row) => row.slug === slug)!.id);
  return exportWorkflows({ scope }, { workflowIds: ids, format });
}

/** What an import would make, without making it. */
export async function previewImport({ scope }: Context, { text, fileName }: z.output<typeof previewInput>): Promise<z.output<typeof previewSchema>> {
  const files = parseWorkflowFiles(text, fileName);
  return scope.db.transaction(async (tx) => {
    const { plans } = await planBlocks(tx, scope, files);
    return { entries: await describe(tx, scope, files), blocks: plans.map(({ view }) => view) };
  });
}

/** All of the file or nothing. Drafts may have problems; only publishing, and blocks, ask that there are none. */
export async function importWorkflows({ scope }: Context, { text, fileName, folderId, name }: z.output<typeof importInput>): Promise<z.output<typeof importedSchema>> {
  const files = parseWorkflowFiles(text, fileName);
  const own = files.filter(({ block }) => block === undefined);
  if (name !== undefined && own.length === 1) own[0]!.name = name;
  return scope.db.transaction(async (tx) => {
    if (folderId !== null) await findFolder(tx, folderId);
    const { plans, places } = await planBlocks(tx, scope, files);
    const brought = plans.filter(({ view }) => !view.present).map(({ view }) => view.renamedFrom ?? view.slug);
    if (scope.places !== null && brought.length > 0) throw new DomainError("invalid_input", { field: "text", reason: `brings blocks that this workspace does not have as they are there (${brought.join(", ")}): they belong to the whole workspace, and you have access to some folders only. Let somebody with access to all of it import them first` });
    await makeBlocks(tx, scope, plans);
    const entries = await describe(tx, scope, files);
    const workflows: z.output<typeof importedSchema>["workflows"] = [];
    // Calls among the workflows of the file follow when one of them gets another slug.
    const slugs = new Map(entries.flatMap(({ slug, renamedFrom }) => (renamedFrom === null ? [] : [[renamedFrom, slug] as const])));
    for (const [index, file] of own.entries()) {
      const entry = entries[index]!;
      const definition = placeBlocks(callOthers(file.definition, slugs), places);
      const made = { name: file.name, description: file.description, definition };
      if (scope.places !== null) {
        workflows.push({ ...entry, id: await insertWorkflow(tx, scope, { ...made, ...(folderId === null ? {} : { folderId }) }, entry.slug) });
        continue;
      }
      const id = await insertWorkflow(tx, scope, made, entry.slug);
      const folder = await ensureFolder(tx, scope, file.folder, folderId);
      await arrange(tx, scope, "workflow", id, folder, await ensureTags(tx, scope, file.tags));
      workflows.push({ ...entry, id });
    }
    return { workflows, blocks: plans.map(({ view }) => view) };
  });
}

/** Of the file's workflows, in its order. */
async function describe(tx: Tx, scope: Scope, files: readonly WorkflowFile[]): Promise<ImportEntry[]> {
  const workflows = files.filter(({ block }) => block === undefined);
  const coming = {
    workflows: new Set(workflows.flatMap(({ slug, name }) => [name, ...(slug === undefined ? [] : [slug])])),
    blocks: new Set(files.flatMap(({ block }) => (block === undefined ? [] : [block]))),
  };
  const taken = new Set<string>();
  const entries: ImportEntry[] = [];
  for (const file of workflows) {
    const slug = await freeSlug(tx, wantedSlug(scope, file), taken);
    taken.add(slug);
    entries.push({
      name: file.name,
      slug,
      renamedFrom: file.slug !== undefined && file.slug !== slug ? file.slug : null,
      steps: Array.isArray(file.definition.nodes) ? file.definition.nodes.length : 0,
      // Folders and tags are of the whole workspace: else all lies in the folder that is named.
      folder: scope.places === null ? file.folder : [],
      tags: scope.places === null ? file.tags : [],
      problems: validateWorkflow(file.definition).problems.map((problem) => ({ ...problem, line: file.lineOf(problem.path) })),
      missing: await findMissing(tx, dependenciesOfDraft(file.definition), coming),
    });
  }
  return entries;
}

/** Who has access to some folders only does not see which short names are taken elsewhere: theirs end in letters of their own. */
function wantedSlug({ places, userId }: Scope, { slug, name }: WorkflowFile): string {
  const wanted = slug ?? name;
  return places === null ? wanted : `${wanted.slice(0, 40)} ${createHash("sha256").update(`${userId} ${wanted}`).digest("hex").slice(0, 6)}`;
}
