import { JSONPathEnvironment } from "json-p3";
import { PathRegexes } from "@/server/triggers/path-regexes";
import { DomainError } from "@/server/errors/domain-error";
import { compileTemplate, type CompiledTemplate } from "@/server/expressions/compile";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";
import type { EventValue, TriggerMapping } from "@/server/triggers/kind";
import { triggerKind } from "@/server/triggers/kinds";

export interface MappingContext {
  kind: string;
  mapping: TriggerMapping | null;
  defaultInput: Record<string, unknown> | null;
  workspace: { id: string; slug: string; name: string };
  /** JSON Schema of the workflow's input, for kinds whose events are texts. */
  schema?: unknown;
}

/** The process that evaluates is stopping, or out of threads: another attempt may succeed. */
export class MappingUnavailable extends Error {
  override name = "MappingUnavailable";
}

// Started when the first mapping needs it; most are read in-process.
let sandbox: SandboxPool | undefined;
const paths = new JSONPathEnvironment();
const regexes = new PathRegexes(paths);

export function mappingSandbox(): SandboxPool {
  return (sandbox ??= createSandboxPool({ threads: 1 }));
}

/** What the event becomes as the input of a run. The same event gives the same input, whenever it is asked. */
export async function mapInput(event: EventValue, { kind, mapping, defaultInput, workspace, schema }: MappingContext): Promise<unknown> {
  const mapped = mapping === null ? (triggerKind(kind)?.inputOf(event, schema) ?? {}) : mapping.type === "jsonPath" ? pick(event, mapping.fields) : await evaluate(event, mapping.value, workspace);
  if (defaultInput === null) return mapped;
  return isRecord(mapped) ? { ...defaultInput, ...mapped } : mapped === null ? defaultInput : mapped;
}

/** One node is its value, several are a list; a field whose path finds nothing is left out. */
function pick(event: EventValue, fields: Readonly<Record<string, string>>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(fields)) {
    const values = findByPath(event, path, `mapping.fields.${name}`);
    if (values.length > 0) input[name] = values.length === 1 ? values[0] : values;
  }
  return input;
}

/** Values at a JSONPath (RFC 9535); throws `invalid_input` for a path that is none. */
export function findByPath(value: unknown, path: string, field: string): unknown[] {
  regexes.beginQuery();
  try {
    return paths.query(path, value as never).values();
  } catch (cause) {
    throw new DomainError("invalid_input", { field, reason: `cannot be used as a JSONPath: ${(cause as Error).message}` }, { cause });
  }
}

export function requirePath(path: string, field: string): void {
  findByPath({}, path, field);
}

/** `now` was a date in mappings, and is a number everywhere: those that call its methods still find them. */
const DATE_METHOD = /(?<![.\w$])now\s*\??\.\s*(?:get|to(?:ISO|UTC|GMT|JSON|Date|Time|LocaleDate|LocaleTime))/;

/** Whether the trigger is for this event. */
export async function passesFilter(event: EventValue, { filter, workspace }: { filter: string | null; workspace: MappingContext["workspace"] }): Promise<boolean> {
  return filter === null || Boolean(await evaluate(event, filter, workspace, "filter"));
}

async function evaluate(event: EventValue, template: unknown, workspace: MappingContext["workspace"], field = "mapping.value"): Promise<unknown> {
  const compiled = compiledOnce(template, field);
  const nowMs = new Date(event.receivedAt).getTime();
  const now = compiled.expressions.some(({ source }) => DATE_METHOD.test(source)) ? new Date(nowMs) : nowMs;
  const result = await evaluateTemplate(compiled, { trigger: event, workspace, now }, { sandbox: mappingSandbox(), owner: workspace.id, seed: event.id, nowMs });
  if (!result.ok && result.error.code === "unavailable") throw new MappingUnavailable(result.error.message);
  if (!result.ok) throw new DomainError("invalid_input", { field: `${field}${result.error.path}`, reason: `cannot be evaluated: ${result.error.message}` });
  return result.value;
}

const REMEMBERED_TEMPLATES = 500;
const remembered = new Map<string, CompiledTemplate>();

function compiledOnce(template: unknown, field: string): CompiledTemplate {
  const text = JSON.stringify(template) ?? "null";
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const compiled = compileTemplate(template);
  if (!compiled.ok) throw new DomainError("invalid_input", { field: `${field}${compiled.problems[0]?.path ?? ""}`, reason: compiled.problems[0]?.message ?? "is no template" });
  if (remembered.size >= REMEMBERED_TEMPLATES) remembered.clear();
  remembered.set(text, compiled.template);
  return compiled.template;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("$file" in value);
}

/** For processes that end by themselves. */
export async function closeMappings(): Promise<void> {
  await sandbox?.close();
  sandbox = undefined;
}
