import { validateAgainst } from "@/server/schema/validate-json";

export type JsonAnswer = { ok: true; value: unknown } | { ok: false; problems: string[] };

const MAX_PROBLEMS = 10;

/** Reads a model's answer as JSON of the schema. Models like to wrap it in a code fence. */
export function readJsonAnswer(text: string, schema: object | boolean): JsonAnswer {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const problems = validateAgainst(schema, parsed.value).map(({ path, message }) => `${path === "" ? "the answer" : path}: ${message}`);
  return problems.length === 0 ? parsed : { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
}

function parse(text: string): JsonAnswer {
  try {
    return { ok: true, value: JSON.parse(withoutFence(text)) };
  } catch (error) {
    return { ok: false, problems: [`not valid JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

const FENCE = "```";

/** Without one expression over the whole text, which an answer of many blanks would keep busy for hours. */
function withoutFence(text: string): string {
  const trimmed = text.trim();
  const opening = /^```(?:json)?[^\S\n]*\n/.exec(trimmed)?.[0];
  const isFenced = opening !== undefined && trimmed.length >= opening.length + FENCE.length && trimmed.endsWith(FENCE);
  return isFenced ? trimmed.slice(opening.length, -FENCE.length) : text;
}

/** Asks for JSON in words, which every model understands. */
export function schemaPrompt(system: string | null, schema: object | boolean): string {
  const wish = `Answer with one JSON value and nothing else: no explanation, no code fence. It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`;
  return system === null || system === "" ? wish : `${system}\n\n${wish}`;
}

export function repairPrompt(problems: readonly string[]): string {
  return `That answer cannot be used:\n${problems.map((problem) => `- ${problem}`).join("\n")}\nAnswer again with the corrected JSON value and nothing else.`;
}
