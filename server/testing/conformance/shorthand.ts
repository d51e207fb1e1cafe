import type { DefinitionInput } from "@/server/engine/definition";

/** Definitions as tests write them. */
type Nodes = DefinitionInput["nodes"];
type Node = Nodes[number];

export const node = (id: string, kind = "set", more: Partial<Node> = {}): Node => ({ id, kind, ...more });
export const set = (id: string, values: Record<string, unknown>, more: Partial<Node> = {}): Node => ({ id, kind: "set", config: { values }, ...more });
export const probe = (id: string, config: Record<string, unknown> = {}, more: Partial<Node> = {}): Node => ({ id, kind: "probe", config, ...more });
export const waitFor = (signal: string): Node => node("w", "wait.signal", { config: { signal } });
export const inside = (parent: string, slot: string): { parent: { id: string; slot: string } } => ({ parent: { id: parent, slot } });

/** Edges as `a>b`, `a.port>b`. */
export function workflow(nodes: Nodes, edges: string[] = [], more: Partial<DefinitionInput> = {}): DefinitionInput {
  return {
    schema: 1,
    nodes,
    edges: edges.map((text) => {
      const [source = "", to = ""] = text.split(">");
      const [from = "", port] = source.split(".");
      return { from, to, ...(port === undefined ? {} : { port }) };
    }),
    ...more,
  };
}
