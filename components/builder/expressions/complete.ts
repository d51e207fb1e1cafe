import { isBranch, memberText } from "@/components/values/path-text";
import { scalarText } from "@/components/values/print-value";
import { expressionAt } from "./expression-at";
import type { FieldScope } from "./field-scope";

export interface Completion {
  label: string;
  /** What replaces the text from `from` to the cursor. */
  insert: string;
  detail: string;
  type: "variable" | "property" | "method";
}

export interface Completions {
  from: number;
  options: Completion[];
}

/** The value at the end of a chain of names, as far as it is known; undefined: unknown. */
export type ValueOfChain = (chain: readonly string[]) => Promise<unknown>;

const NAME = /[A-Za-z_$][\w$]*/;
const SEGMENT = String.raw`(?:\s*\??\.\s*[A-Za-z_$][\w$]*|\s*(?:\?\.)?\[\s*(?:\d+|"(?:[^"\\]|\\.)*")\s*\])`;
/** A chain of members that ends at the cursor, and what is being written of the next name. */
const CHAIN = new RegExp(String.raw`(?<![\w$.\])"'])(${NAME.source}${SEGMENT}*)(\s*\??\.\s*|\s*\[\s*"?)([\w$-]*)$`);
const ROOT = new RegExp(String.raw`(?<![\w$.\])"'])(${NAME.source})?$`);
const VALUE_END = /[\w$)\]"'`]$/;
const OPERATOR_WORD = /(?:^|[^\w$.])(?:typeof|void|in|instanceof|new|await|return)$/;
const TEXT_METHODS = ["length", "toUpperCase()", "toLowerCase()", "trim()", "split(\",\")", "includes(\"\")", "slice(0, 10)", "replaceAll(\"\", \"\")"];
const LIST_METHODS = ["length", "map((item) => item)", "filter((item) => item)", "find((item) => item)", "at(-1)", "join(\", \")", "some((item) => item)", "every((item) => item)", "slice(0, 10)", "includes(\"\")"];
const INDICES_SHOWN = 5;

/** What can be written at the cursor of a text with expressions. Null: nothing to offer. */
export async function completeAt(text: string, cursor: number, scope: FieldScope, valueOf: ValueOfChain): Promise<Completions | null> {
  const span = expressionAt(text, cursor);
  if (span === null) return null;
  const before = text.slice(span.from, cursor);
  const chain = CHAIN.exec(before);
  if (chain !== null) {
    const [whole, base = "", joint = "", partial = ""] = chain;
    const segments = segmentsOf(base);
    const from = cursor - partial.length - joint.length;
    const options = await membersAfter(segments, scope, valueOf, joint.includes("?."));
    return whole === "" || options.length === 0 ? null : { from, options: options.map((option) => ({ ...option, insert: option.insert })) };
  }
  const root = ROOT.exec(before);
  if (root === null || isBehindValue(before.slice(0, root.index).trimEnd())) return null;
  return { from: cursor - (root[1]?.length ?? 0), options: rootsOf(scope) };
}

/** An operator comes next. */
function isBehindValue(text: string): boolean {
  return VALUE_END.test(text) && !OPERATOR_WORD.test(text);
}

/** `steps.a["b c"][0]` as its names. */
function segmentsOf(chain: string): string[] {
  const segments: string[] = [];
  for (const [, name, index, quoted] of chain.matchAll(/([A-Za-z_$][\w$]*)|\[\s*(\d+)\s*\]|\[\s*("(?:[^"\\]|\\.)*")\s*\]/g)) {
    segments.push(name ?? index ?? (JSON.parse(quoted!) as string));
  }
  return segments;
}

function rootsOf(scope: FieldScope): Completion[] {
  const steps = scope.steps.map(({ id, name }): Completion => ({ label: `steps${memberText([id])}.output`, insert: `steps${memberText([id])}.output`, detail: name, type: "variable" }));
  const roots = scope.roots.map((root): Completion => ({ label: root, insert: root, detail: ROOT_DETAILS[root] ?? "", type: "variable" }));
  return [...roots.filter(({ label }) => label !== "steps"), ...steps];
}

const ROOT_DETAILS: Readonly<Record<string, string>> = {
  input: "what the run began with",
  trigger: "the raw event",
  item: "of this iteration",
  index: "of this iteration, from 0",
  previous: "output of the iteration before",
  loops: "loops around this step",
  vars: "variables of the workspace",
  run: "this run",
  workspace: "this workspace",
  now: "time of this step, milliseconds",
  error: "what went wrong",
  attempt: "number of this attempt",
};

async function membersAfter(segments: readonly string[], scope: FieldScope, valueOf: ValueOfChain, isOptional: boolean): Promise<Completion[]> {
  const [root, id] = segments;
  const names = (all: readonly { name: string; detail: string }[]) => all.map(({ name, detail }) => property(name, detail, isOptional));
  if (root === "steps" && segments.length === 1) return names(scope.steps.map((step) => ({ name: step.id, detail: step.name })));
  if (root === "steps" && segments.length === 2) return scope.steps.some((step) => step.id === id) ? names([{ name: "output", detail: "what it gave" }, { name: "error", detail: "why it failed" }, { name: "status", detail: "how it ended" }]) : [];
  if (root === "loops" && segments.length === 1) return names(scope.loops.map((loop) => ({ name: loop.id, detail: loop.kind })));
  if (root === "loops" && segments.length === 2) return names([{ name: "item", detail: "" }, { name: "index", detail: "" }]);
  return membersOfValue(await valueOf(segments), isOptional);
}

function membersOfValue(value: unknown, isOptional: boolean): Completion[] {
  const method = (text: string): Completion => ({ label: text.replace(/\(.*$/, text.includes("(") ? "()" : ""), insert: `${isOptional ? "?" : ""}.${text}`, detail: "", type: "method" });
  if (typeof value === "string") return TEXT_METHODS.map(method);
  if (Array.isArray(value)) {
    const indices = (value as unknown[]).slice(0, INDICES_SHOWN).map((entry, index): Completion => ({ label: `[${index}]`, insert: `${isOptional ? "?." : ""}[${index}]`, detail: previewOf(entry), type: "property" }));
    return [...indices, ...LIST_METHODS.map(method)];
  }
  if (!isBranch(value)) return [];
  return Object.entries(value).map(([name, inner]: [string, unknown]) => property(name, previewOf(inner), isOptional));
}

function property(name: string, detail: string, isOptional: boolean): Completion {
  const text = memberText([name]);
  return { label: name, insert: isOptional ? `?.${text.startsWith(".") ? text.slice(1) : text}` : text, detail, type: "property" };
}

const PREVIEW_CHARACTERS = 40;

export function previewOf(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (isBranch(value)) return `{ ${Object.keys(value).slice(0, 4).join(", ")} }`;
  const text = typeof value === "string" ? JSON.stringify(value) : scalarText(value);
  return text.length > PREVIEW_CHARACTERS ? `${text.slice(0, PREVIEW_CHARACTERS)}…` : text;
}
