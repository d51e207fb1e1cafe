import { definitionSchema, type Definition } from "@/server/engine/definition";
import type { Problem } from "@/server/engine/problem";
import { validateStructure, type KindShapes } from "@/server/engine/validate";
import { unstorablePlace } from "@/server/expressions/storable";
import { findKind } from "@/server/nodes/catalog";
import { pointerOf } from "@/server/nodes/check-config";
import { checkNodeConfig, checkSchemaDocument } from "@/server/nodes/validate-config";
import { checkExpressions } from "@/server/nodes/validate-expressions";

export interface ValidatedWorkflow {
  /** Null when the document does not have the shape of a definition. It may still hold problems. */
  definition: Definition | null;
  /** Errors first. Without an error it can be published. */
  problems: Problem[];
}

/** Nesting of JSON in a definition; deeper ones are refused before anything walks through them. */
const MAX_DEPTH = 100;
const MAX_PROBLEMS = 500;
/** Each takes a tenth of a millisecond to compile, which the web process spends on behalf of whoever asks. */
const MAX_EXPRESSIONS = 10_000;

/** The one validator of workflow definitions: browser, API and command line ask it. */
export function validateWorkflow(document: unknown): ValidatedWorkflow {
  if (isDeeperThan(document, MAX_DEPTH)) {
    return { definition: null, problems: [{ severity: "error", code: "too_deep", message: `the document is nested deeper than ${MAX_DEPTH} levels`, path: "" }] };
  }
  if (countExpressions(document) > MAX_EXPRESSIONS) {
    return { definition: null, problems: [{ severity: "error", code: "too_many_expressions", message: `a workflow may hold at most ${MAX_EXPRESSIONS} expressions`, path: "" }] };
  }
  const parsed = definitionSchema.safeParse(document);
  if (!parsed.success) {
    return { definition: null, problems: capped(parsed.error.issues.map((issue) => shapeProblem(issue, document))) };
  }
  const definition = parsed.data;
  const problems = [
    ...checkTexts(definition),
    ...validateStructure(definition, KIND_SHAPES),
    ...definition.nodes.flatMap(checkNodeConfig),
    ...checkExpressions(definition),
    ...checkSchemaDocument(definition.input, "/input"),
    ...checkSchemaDocument(definition.outputSchema, "/outputSchema"),
  ];
  return { definition, problems: capped(problems.sort((one, other) => rank(one) - rank(other))) };
}

const KIND_SHAPES: KindShapes = {
  ports: (node) => findKind(node.kind)?.ports(node.config) ?? null,
  slots: (node) => findKind(node.kind)?.slots?.(node.config) ?? null,
};

const rank = (problem: Problem) => (problem.severity === "error" ? 0 : 1);

function shapeProblem(issue: { path: PropertyKey[]; message: string }, document: unknown): Problem {
  const [list, index] = issue.path;
  const path = pointerOf(issue.path);
  const node = list === "nodes" && typeof index === "number" ? memberOf(memberOf(document, "nodes"), index) : undefined;
  const id = memberOf(node, "id");
  return {
    severity: "error",
    code: "invalid_shape",
    message: path === "" ? issue.message : `${path.slice(1).replaceAll("/", ".")}: ${issue.message}`,
    path,
    ...(typeof id === "string" ? { nodeId: id } : {}),
    ...(list === "edges" && typeof index === "number" ? { edgeIndex: index } : {}),
  };
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function capped(problems: Problem[]): Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const more: Problem = { severity: "error", code: "invalid_shape", message: `${problems.length - MAX_PROBLEMS} more problems are not listed`, path: "" };
  return [...problems.slice(0, MAX_PROBLEMS), more];
}

/** The database keeps a version as JSON and reads its settings: a character that it cannot hold would make all of it unreadable. */
function checkTexts(definition: Definition): Problem[] {
  const path = unstorablePlace(definition);
  if (path === null) return [];
  const [, list, index] = path.split("/");
  const node = list === "nodes" ? definition.nodes[Number(index)] : undefined;
  return [{ severity: "error", code: "unstorable_text", message: "holds a NUL or half a character, which cannot be stored", path, ...(node === undefined ? {} : { nodeId: node.id }) }];
}

/** Whatever may begin one; for documents that are not nested too deeply. */
function countExpressions(value: unknown): number {
  if (typeof value === "string") return value.includes("{{") ? value.split("{{").length - 1 : 0;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((count: number, one) => count + countExpressions(one), 0);
}

/** Level by level, without recursion: the document may come from anywhere. */
function isDeeperThan(document: unknown, limit: number): boolean {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return false;
}
