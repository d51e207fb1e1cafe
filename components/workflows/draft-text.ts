import { jsonErrorOffset } from "@/server/schema/json-error-offset";

export type ParsedDraft =
  | { ok: true; definition: Record<string, unknown> }
  | { ok: false; message: string; line: number; offset: number };

export function printDraft(definition: unknown): string {
  return `${JSON.stringify(definition, null, 2)}\n`;
}

/** A draft may be any JSON object; whether it is a workflow, the validator says. */
export function parseDraft(text: string): ParsedDraft {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ok: true, definition: value as Record<string, unknown> };
    return { ok: false, message: 'A workflow is an object: { "schema": 1, "nodes": […], "edges": […] }', line: 1, offset: 0 };
  } catch {
    const offset = jsonErrorOffset(text);
    return { ok: false, message: describe(text, offset), line: text.slice(0, offset).split("\n").length, offset };
  }
}

function describe(text: string, offset: number): string {
  const found = text.slice(offset, offset + 1);
  return found === "" ? "The JSON ends too early." : `The JSON is broken at ${found === '"' ? "this text" : `“${found}”`}.`;
}
