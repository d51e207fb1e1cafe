import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/server/errors/domain-error";
import type { WorkflowExample } from "./contract";
import { slugOf } from "./queries";
import { baseName, parseWorkflowFiles } from "./workflow-file";

/** Every process starts in the folder of the installation; the build copies the examples beside the standalone server. */
const FOLDER = "examples";

let examples: Promise<WorkflowExample[]> | undefined;

export function readExamples(): Promise<WorkflowExample[]> {
  return (examples ??= load().catch((error: unknown) => {
    examples = undefined;
    throw error;
  }));
}

export async function findExample(id: string): Promise<WorkflowExample> {
  const found = (await readExamples()).find((example) => example.id === id);
  if (found === undefined) throw new DomainError("not_found", { what: "example", id });
  return found;
}

async function load(): Promise<WorkflowExample[]> {
  const folder = path.join(process.cwd(), FOLDER);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".yaml")).sort();
  return Promise.all(
    files.map(async (file) => {
      const [first, ...others] = parseWorkflowFiles(await readFile(path.join(folder, file), "utf8"), file);
      const { name, description, category, teaches, starter, exampleInput, definition } = first!;
      const companions = others.map((other) => ({ name: other.name, slug: other.slug ?? slugOf(other.name), description: other.description, definition: other.definition }));
      return { id: baseName(file), name, description, category, teaches, starter, input: exampleInput, definition, companions };
    }),
  );
}
