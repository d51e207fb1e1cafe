import { parse, YAMLParseError } from "yaml";

export interface ImportedWorkflow {
  name: string;
  description: string;
  definition: Record<string, unknown>;
}

export type ImportResult = { ok: true; workflow: ImportedWorkflow } | { ok: false; message: string };

const MAX_ALIASES = 100;

/**
 * Reads a workflow from YAML or JSON text: a bare definition, or a file as in `examples/` that holds one under
 * `definition` beside its name and description.
 */
export function readImport(text: string): ImportResult {
  if (text.trim() === "") return { ok: false, message: "There is nothing to import." };
  try {
    return pick(parse(text, { maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    if (error instanceof YAMLParseError) {
      const line = error.linePos?.[0].line;
      return { ok: false, message: `${line === undefined ? "" : `Line ${line}: `}${firstLine(error.message)}` };
    }
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function pick(document: unknown): ImportResult {
  if (!isObject(document)) return { ok: false, message: "A workflow is an object with nodes and edges." };
  const definition = isObject(document.definition) ? document.definition : withoutTitle(document);
  if (!Array.isArray(definition.nodes)) return { ok: false, message: "A list of nodes is missing." };
  const text = (value: unknown) => (typeof value === "string" ? value.trim() : "");
  return { ok: true, workflow: { name: text(document.name), description: text(document.description), definition } };
}

/** A file has its name, description and example input beside the parts of the definition. */
function withoutTitle(document: Record<string, unknown>): Record<string, unknown> {
  const { name: _name, description: _description, exampleInput: _exampleInput, ...definition } = document;
  return definition;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}
