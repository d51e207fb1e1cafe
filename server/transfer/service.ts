import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { arrange, ensureFolder, ensureTags, findArrangements, findFolder, pathOfFolder } from "@/server/organizing/service";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { callOthers, dependenciesOfDraft, findWorkflow, freeSlug, insertWorkflow, parseWorkflowFiles, type WorkflowFile } from "@/server/workflows/service";
import type { exportedFileSchema, exportInput, ImportEntry, importedSchema, importInput, previewInput, previewSchema } from "./contract";
import { findMissing } from "./missing";
import { type FileEntry, printEntries } from "./print";

interface Context {
  scope: Scope;
}
const CONTENT_TYPES = { yaml: "application/yaml; charset=utf-8", json: "application/json; charset=utf-8" } as const;

/** The drafts as files say them. Secrets are names in a definition, never values; pins stay here. */
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
    return { fileName: `${base}.${format}`, contentType: CONTENT_TYPES[format], text: printEntries(entries, format) };
  });
}

/** What an import would make, without making it. */
export async function previewImport({ scope }: Context, { text, fileName }: z.output<typeof previewInput>): Promise<z.output<typeof previewSchema>> {
  const files = parseWorkflowFiles(text, fileName);
  return { entries: await scope.db.transaction((tx) => describe(tx, files)) };
}

/** All workflows of the file or none. Drafts may have problems; only publishing asks that there are none. */
export async function importWorkflows({ scope }: Context, { text, fileName, folderId, name }: z.output<typeof importInput>): Promise<z.output<typeof importedSchema>> {
  const files = parseWorkflowFiles(text, fileName);
  const [only] = files;
  if (name !== undefined && only !== undefined && files.length === 1) only.name = name;
  return scope.db.transaction(async (tx) => {
    if (folderId !== null) await findFolder(tx, folderId);
    const entries = await describe(tx, files);
    const workflows: z.output<typeof importedSchema>["workflows"] = [];
    // Calls among the workflows of the file follow when one of them gets another slug.
    const slugs = new Map(entries.flatMap(({ slug, renamedFrom }) => (renamedFrom === null ? [] : [[renamedFrom, slug] as const])));
    for (const [index, file] of files.entries()) {
      const entry = entries[index]!;
      const id = await insertWorkflow(tx, scope, { name: file.name, description: file.description, definition: callOthers(file.definition, slugs) }, entry.slug);
      const folder = await ensureFolder(tx, scope, file.folder, folderId);
      await arrange(tx, scope, "workflow", id, folder, await ensureTags(tx, scope, file.tags));
      workflows.push({ ...entry, id });
    }
    return { workflows };
  });
}

async function describe(tx: Tx, files: readonly WorkflowFile[]): Promise<ImportEntry[]> {
  const coming = new Set(files.flatMap(({ slug, name }) => [name, ...(slug === undefined ? [] : [slug])]));
  const taken = new Set<string>();
  const entries: ImportEntry[] = [];
  for (const file of files) {
    const slug = await freeSlug(tx, file.slug ?? file.name, taken);
    taken.add(slug);
    entries.push({
      name: file.name,
      slug,
      renamedFrom: file.slug !== undefined && file.slug !== slug ? file.slug : null,
      steps: Array.isArray(file.definition.nodes) ? file.definition.nodes.length : 0,
      folder: file.folder,
      tags: file.tags,
      problems: validateWorkflow(file.definition).problems.map((problem) => ({ ...problem, line: file.lineOf(problem.path) })),
      missing: await findMissing(tx, dependenciesOfDraft(file.definition), coming),
    });
  }
  return entries;
}
