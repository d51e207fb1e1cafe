import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/server/errors/domain-error";
import type { WorkflowExample } from "./contract";
import { baseName, parseWorkflowFile } from "./workflow-file";

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
      const { name, description, exampleInput, definition } = parseWorkflowFile(await readFile(path.join(folder, file), "utf8"), file);
      return { id: baseName(file), name, description, input: exampleInput, definition };
    }),
  );
}
