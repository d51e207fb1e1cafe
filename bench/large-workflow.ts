import type { DefinitionInput } from "@/server/engine/definition";

type Node = DefinitionInput["nodes"][number];

/** A workflow of so many steps: a long trunk with branches that meet again, loops, and error branches, two levels deep. */
export function largeWorkflow(count: number): DefinitionInput {
  const nodes: Node[] = [{ id: "start", kind: "trigger.manual", name: "Start" }];
  const edges: DefinitionInput["edges"] = [];
  let last = "start";
  const add = (node: Omit<Node, "id">): string => {
    const id = `step_${nodes.length}`;
    nodes.push({ id, name: `Step ${nodes.length}`, ...node });
    return id;
  };
  const follow = (id: string) => {
    edges.push({ from: last, to: id });
    last = id;
  };
  const set = (parent?: Node["parent"]) => add({ kind: "set", config: { values: { from: `{{ steps.${last}.output }}` } }, ...(parent === undefined ? {} : { parent }) });
  while (nodes.length < count) {
    if (nodes.length + 10 > count) {
      follow(set());
      continue;
    }
    follow(set());
    const branch = add({ kind: "if", config: { condition: "{{ true }}" } });
    follow(branch);
    const [yes, no, join] = [set(), set(), add({ kind: "join", config: { mode: "any" } })];
    edges.push({ from: branch, port: "true", to: yes }, { from: branch, port: "false", to: no }, { from: yes, to: join }, { from: no, to: join });
    last = join;
    const loop = add({ kind: "forEach", config: { items: [1, 2, 3] } });
    follow(loop);
    const inner = add({ kind: "tryCatch", parent: { id: loop, slot: "body" } });
    for (const slot of ["body", "catch"]) add({ kind: "log", config: { message: "{{ item }}" }, parent: { id: inner, slot } });
  }
  return { schema: 1, nodes, edges };
}
