import { describe, expect, it } from "vitest";
import { dependenciesOfDraft } from "./dependencies";

describe("dependenciesOfDraft", () => {
  it("knows what steps, conditions of connections, retries, the output and the keys of limits read, and what is called", () => {
    const found = dependenciesOfDraft({
      schema: 1,
      nodes: [
        { id: "a", kind: "set", config: { values: { x: "{{ vars.node }}" } }, retry: { maxAttempts: 2, retryIf: "error.code === vars.retry" } },
        { id: "b", kind: "subworkflow", config: { workflow: "other" } },
      ],
      edges: [{ from: "a", to: "b", when: "{{ vars.edge }}" }],
      output: { all: "{{ vars.out }}" },
      settings: { concurrency: { limit: 1, key: "{{ vars.key }}" }, rateLimit: { limit: 1, periodSeconds: 1, key: "{{ vars.rate }}" }, errorWorkflow: "alarm" },
    });
    expect(found).toEqual([
      { targetType: "variable", targetRef: "node", nodeId: "a" },
      { targetType: "variable", targetRef: "retry", nodeId: "a" },
      { targetType: "workflow", targetRef: "other", nodeId: "b" },
      { targetType: "variable", targetRef: "edge", nodeId: "a" },
      { targetType: "variable", targetRef: "out", nodeId: "" },
      { targetType: "variable", targetRef: "key", nodeId: "" },
      { targetType: "variable", targetRef: "rate", nodeId: "" },
      { targetType: "workflow", targetRef: "alarm", nodeId: "" },
    ]);
  });
});
