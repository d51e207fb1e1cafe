import type { DefinitionInput } from "@/server/engine/definition";

/** Steps in a row, each adding 1 to what the one before gave. */
export function chainOfSteps(count: number): DefinitionInput {
  const ids = Array.from({ length: count }, (_, index) => `step${index + 1}`);
  const before = (index: number): string => (index === 0 ? "input.n" : `steps.${ids[index - 1]!}.output.n`);
  return {
    schema: 1,
    nodes: ids.map((id, index) => ({ id, kind: "set", config: { values: { n: `{{ ${before(index)} + 1 }}` } } })),
    edges: ids.slice(1).map((id, index) => ({ from: ids[index]!, to: id })),
    output: `{{ steps.${ids.at(-1)!}.output.n }}`,
  };
}
