import type { DefinitionInput } from "@/server/engine/definition";

const ITEMS = 3_333;

/** A loop whose run has ten thousand steps. */
export const longRun: DefinitionInput = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "loop", kind: "forEach", config: { items: `{{ Array.from({ length: ${ITEMS} }, (_, index) => index) }}`, mode: "parallel", limit: 50 } },
    ...["one", "two", "three"].map((id) => ({ id, kind: "set", parent: { id: "loop", slot: "body" }, config: { values: { item: "{{ item }}" } } })),
  ],
  edges: [{ from: "start", to: "loop" }, { from: "one", to: "two" }, { from: "two", to: "three" }],
};
