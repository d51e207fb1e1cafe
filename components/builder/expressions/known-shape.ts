import { isObject, type DraftNode } from "../draft";

/** A value of which only the names are known: its leaves are undefined. */
export type Shape = Readonly<Record<string, unknown>> | undefined;

const SHAPES: Readonly<Record<string, (config: Record<string, unknown>) => Shape>> = {
  http: () => ({ status: undefined, headers: {}, body: undefined, url: undefined }),
  llm: () => ({ text: undefined, value: undefined, model: undefined, adapter: undefined, usage: { inputTokens: undefined, outputTokens: undefined }, cost: undefined, finishReason: undefined }),
  approval: ({ form }) => ({ decision: undefined, values: shapeOfSchema(form), answers: undefined }),
  set: ({ values }) => (isObject(values) ? Object.fromEntries(Object.keys(values).map((name) => [name, undefined])) : undefined),
  if: () => ({ value: undefined }),
  switch: () => ({ value: undefined, case: undefined }),
  log: () => ({ message: undefined }),
  delay: () => ({ until: undefined }),
};

/** What is known of a step's output before it ever ran. */
export function knownShape({ kind, config }: Pick<DraftNode, "kind" | "config">): Shape {
  return Object.hasOwn(SHAPES, kind) ? SHAPES[kind]!(isObject(config) ? config : {}) : undefined;
}

/** The names that a JSON Schema speaks of. */
export function shapeOfSchema(schema: unknown, depth = 0): Shape {
  if (!isObject(schema) || !isObject(schema.properties) || depth > 6) return undefined;
  return Object.fromEntries(Object.entries(schema.properties).map(([name, own]) => [name, shapeOfSchema(own, depth + 1)]));
}
