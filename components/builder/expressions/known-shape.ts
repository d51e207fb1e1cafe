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

/** What is known of a step's output before it ever ran; of frames and joins by what they hold or follow. */
export function knownShape(node: Pick<DraftNode, "id" | "kind" | "config">, draft: Pick<Draft, "nodes" | "edges">, depth = 0): Shape {
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
    default:
      return Object.hasOwn(SHAPES, node.kind) ? SHAPES[node.kind]!(config) : undefined;
  }
}

/** A frame's result: as it is written, else the output of its last node, or of several by their ids. */
function shapeInside(id: string, { result }: Record<string, unknown>, draft: Pick<Draft, "nodes" | "edges">, depth: number): Shape {
  if (isObject(result)) return Object.fromEntries(Object.keys(result).map((name) => [name, undefined]));
  if (result !== undefined) return undefined;
  const last = draft.nodes.filter(({ id: child, parent }) => parent?.id === id && !draft.edges.some(({ from }) => from === child));
  return last.length === 1 ? knownShape(last[0]!, draft, depth + 1) : last.length === 0 ? undefined : shapesOf(last, draft, depth);
}

function shapesOf(nodes: readonly DraftNode[], draft: Pick<Draft, "nodes" | "edges">, depth: number): Shape {
  return Object.fromEntries(nodes.map((one) => [one.id, knownShape(one, draft, depth + 1)]));
}

/** The names that a JSON Schema speaks of. */
export function shapeOfSchema(schema: unknown, depth = 0): Shape {
  if (!isObject(schema) || !isObject(schema.properties) || depth > 6) return undefined;
  return Object.fromEntries(Object.entries(schema.properties).map(([name, own]) => [name, shapeOfSchema(own, depth + 1)]));
}
