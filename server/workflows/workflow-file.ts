import { parseDocument } from "yaml";
import { z } from "zod";
import { DomainError } from "@/server/errors/domain-error";
import { draftDocumentSchema } from "./contract";

/** A workflow as a file (YAML or JSON): the definition, with its name and an example of its input beside it. */
export interface WorkflowFile {
  name: string;
  description: string;
  exampleInput: unknown;
  definition: Record<string, unknown>;
}

const aboutSchema = z.object({ name: z.string().trim().min(1).max(200).optional(), description: z.string().max(10_000).default(""), exampleInput: z.unknown() });

/** Aliases could blow a small file up into gigabytes. */
const ALIASES_MAX = 100;

export function parseWorkflowFile(text: string, fileName: string): WorkflowFile {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new DomainError("invalid_input", { field: fileName, reason: `is not valid YAML: ${error.message}` });
  const content = draftDocumentSchema.safeParse(document.toJS({ maxAliasCount: ALIASES_MAX }));
  if (!content.success) throw new DomainError("invalid_input", { field: fileName, reason: "must hold one workflow definition" });
  const { name, description, exampleInput, ...definition } = content.data;
  const about = aboutSchema.safeParse({ name, description, exampleInput });
  if (!about.success) {
    const [issue] = about.error.issues;
    throw new DomainError("invalid_input", { field: `${fileName}: ${issue?.path.join(".") ?? ""}`, reason: issue?.message ?? "is not valid" });
  }
  return { name: about.data.name ?? baseName(fileName), description: about.data.description, exampleInput: about.data.exampleInput ?? {}, definition };
}

export function baseName(fileName: string): string {
  return (fileName.split(/[/\\]/).at(-1) ?? fileName).replace(/\.(ya?ml|json)$/i, "");
}
