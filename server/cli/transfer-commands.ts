import fs from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { exportedFileSchema, importedSchema, type ImportBlock, type ImportEntry, previewSchema } from "@/server/transfer/contract";
import { CommandError, EXIT } from "./exit-codes";
import { describeProblem, readTextFile } from "./files";
import { openLocalScope, withInstallation } from "./installation";
import { callerOf } from "./remote-target";

export interface TransferOptions {
  server?: string;
  token?: string;
  workspace?: string;
}
export interface Voice {
  /** For programs that read on. */
  say(line: string): void;
  /** For the person. */
  note(line: string): void;
}
type Format = "yaml" | "json";

export async function exportFile(source: NodeJS.ProcessEnv, slugs: string[], options: TransferOptions & { format?: Format; output?: string }, { say, note }: Voice): Promise<void> {
  const { server, token = "", workspace, output } = options;
  const request = { slugs, format: options.format ?? formatOf(output) };
  const { text } =
    server !== undefined
      ? await callerOf(server, token)(exportedFileSchema, "POST", "/workflows/export", request)
      : await withInstallation(source, async () => (await import("@/server/transfer/service")).exportMany({ scope: await openLocalScope(workspace) }, request));
  if (output === undefined) return say(text.trimEnd());
  try {
    fs.writeFileSync(output, text);
  } catch (error) {
    throw new CommandError(EXIT.badInput, `${output} cannot be written: ${(error as Error).message}`);
  }
  note(`Wrote ${output}.`);
}

export async function importFile(source: NodeJS.ProcessEnv, file: string, options: TransferOptions & { preview?: boolean }, voice: Voice): Promise<void> {
  const { server, token = "", workspace, preview = false } = options;
  const request = { text: readTextFile(file), fileName: path.basename(file) };
  if (server !== undefined) {
    const call = callerOf(server, token);
    if (preview) return tellPreview(await call(previewSchema, "POST", "/workflows/import/preview", request), voice);
    return tellImport(await call(importedSchema, "POST", "/workflows/import", request), voice);
  }
  await withInstallation(source, async () => {
    const { importWorkflows, previewImport } = await import("@/server/transfer/service");
    const context = { scope: await openLocalScope(workspace) };
    if (preview) tellPreview(await previewImport(context, request), voice);
    else tellImport(await importWorkflows(context, { ...request, folderId: null }), voice);
  });
}

function formatOf(output: string | undefined): Format {
  return output?.toLowerCase().endsWith(".json") === true ? "json" : "yaml";
}

function tellPreview({ entries, blocks }: z.output<typeof previewSchema>, { say, note }: Voice): void {
  for (const entry of entries) say(entry.slug);
  for (const entry of entries) tellEntry(entry, note);
  for (const block of blocks) tellBlock(block, note);
  note("Nothing was made.");
}

/** The ids go to stdout, one a line. */
function tellImport({ workflows, blocks }: z.output<typeof importedSchema>, { say, note }: Voice): void {
  for (const { id } of workflows) say(id);
  for (const workflow of workflows) tellEntry(workflow, note);
  for (const block of blocks) tellBlock(block, note);
}

function tellEntry({ name, slug, renamedFrom, folder, problems, missing }: ImportEntry, note: Voice["note"]): void {
  note(`${name} (${slug}${renamedFrom === null ? "" : `, because ${renamedFrom} is taken`})${folder.length === 0 ? "" : ` in ${folder.join(" / ")}`}`);
  for (const problem of problems) note(`  line ${problem.line}: ${describeProblem(problem)}`);
  for (const { type, name: absent, nodeIds } of missing) note(`  missing ${type} ${absent}, used by ${nodeIds.join(", ")}`);
}

function tellBlock({ name, slug, renamedFrom, present, problems }: ImportBlock, note: Voice["note"]): void {
  const state = present ? "is here already" : renamedFrom === null ? "is new" : `is new, because ${renamedFrom} is another block`;
  note(`block ${name} (${slug}) ${state}`);
  for (const problem of present ? [] : problems) note(`  line ${problem.line}: ${describeProblem(problem)}`);
}
