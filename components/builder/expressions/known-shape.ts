import { isObject, type Draft, type DraftNode } from "../draft";

/** A value of which only the names are known: its leaves are undefined. */
export type Shape = Readonly<Record<string, unknown>> | readonly Shape[] | undefined;

const SHAPES: Readonly<Record<string, (config: Record<string, unknown>) => Shape>> = {
  http: () => ({ status: undefined, headers: {}, body: undefined, url: undefined }),
  llm: () => ({ text: undefined, value: undefined, model: undefined, adapter: undefined, usage: { inputTokens: undefined, outputTokens: undefined }, cost: undefined, finishReason: undefined }),
  approval: ({ form }) => ({ decision: undefined, values: shapeOfSchema(form), answers: undefined }),
  set: ({ values }) => (isObject(values) ? Object.fromEntries(Object.keys(values).map((name) => [name, undefined])) : undefined),
  if: () => ({ value: undefined }),
  switch: () => ({ value: undefined, case: undefined }),
  log: () => ({ message: undefined }),
  delay: () => ({ until: undefined }),
  "wait.signal": ({ schema }) => shapeOfSchema(schema),
};

const MAX_DEPTH = 6;

/** A draft, or what is known of one; `called`: what steps call, by `keyOfCalled`. */
export type Known = Pick<Draft, "nodes" | "edges"> & { called?: ReadonlyMap<string, Shape> };

/** What is known of a step's output before it ever ran; of frames and joins by what they hold or follow, of calls by what is called. */
export function knownShape(node: Pick<DraftNode, "id" | "kind" | "config">, draft: Known, depth = 0): Shape {
  const config = isObject(node.config) ? node.config : {};
  if (depth > MAX_DEPTH) return undefined;
  switch (node.kind) {
    case "join":
      return shapesOf(draft.nodes.filter(({ id }) => draft.edges.some(({ from, to }) => from === id && to === node.id)), draft, depth);
    case "forEach":
      return [shapeInside(node.id, config, draft, depth)];
    case "while":
    case "parallel":
      return shapeInside(node.id, config, draft, depth);
    case "subworkflow":
      if (config.wait === false) return { runId: undefined };
      return draft.called?.get(keyOfCalled(node) ?? "");
    case "module":
      return draft.called?.get(keyOfCalled(node) ?? "");
    default:
      return Object.hasOwn(SHAPES, node.kind) ? SHAPES[node.kind]!(config) : undefined;
  }
}

/** What a step calls, by name and version; null: it calls nothing that is known before it runs. */
export function keyOfCalled({ kind, config: given }: Pick<DraftNode, "kind" | "config">): string | null {
  const config = isObject(given) ? given : {};
  const isName = (value: unknown): value is string => typeof value === "string" && value !== "" && !value.includes("{{");
  if (kind === "subworkflow" && isName(config.workflow)) return JSON.stringify(["workflow", config.workflow, Number.isInteger(config.version) ? config.version : "latest"]);
  if (kind === "module" && isName(config.module) && Number.isInteger(config.version)) return JSON.stringify(["module", config.module, config.version]);
  return null;
}

/** Of a definition's output: by its schema, else by the names that it is made of. */
export function shapeOfOutput({ output, outputSchema }: { output?: unknown; outputSchema?: unknown }): Shape {
  const declared = shapeOfSchema(outputSchema);
  if (declared !== undefined) return declared;
  return isObject(output) ? Object.fromEntries(Object.keys(output).map((name) => [name, undefined])) : undefined;
}

/** A frame's result: as it is written, else the output of its last node, or of several by their ids. */
function shapeInside(id: string, { result }: Record<string, unknown>, draft: Known, depth: number): Shape {
  if (isObject(result)) return Object.fromEntries(Object.keys(result).map((name) => [name, undefined]));
  if (result !== undefined) return undefined;
  const last = draft.nodes.filter(({ id: child, parent }) => parent?.id === id && !draft.edges.some(({ from }) => from === child));
  return last.length === 1 ? knownShape(last[0]!, draft, depth + 1) : last.length === 0 ? undefined : shapesOf(last, draft, depth);
}

function shapesOf(nodes: readonly DraftNode[], draft: Known, depth: number): Shape {
  return Object.fromEntries(nodes.map((one) => [one.id, knownShape(one, draft, depth + 1)]));
}

/** The names that a JSON Schema speaks of. */
export function shapeOfSchema(schema: unknown, depth = 0): Shape {
  if (!isObject(schema) || !isObject(schema.properties) || depth > 6) return undefined;
  return Object.fromEntries(Object.entries(schema.properties).map(([name, own]) => [name, shapeOfSchema(own, depth + 1)]));
}
