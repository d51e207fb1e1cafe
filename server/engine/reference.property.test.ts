import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isContainerKind, type WorkflowNode } from "./definition";
import { arbitraryScenario } from "./testing/arbitrary-definition";
import { check, PROPERTY_TIMEOUT_MS } from "@/server/testing/property-runs";
import { expectedOf } from "./testing/reference-model";
import { portsOf, slotsOf } from "./testing/script";
import { simulate, STARTED_AT } from "./testing/simulator";
import { validateStructure } from "./validate";

test("the generated workflows are such as the validator lets through", () => {
  const kinds = { ports: ({ kind }: WorkflowNode) => portsOf(kind), slots: (node: WorkflowNode) => (isContainerKind(node.kind) ? slotsOf(node) : null) };
  check(300, fc.property(arbitraryScenario({ interruptions: true, maxParallel: true }), ({ definition }) => {
    expect(validateStructure(definition, kinds).filter(({ severity }) => severity === "error")).toEqual([]);
  }));
}, PROPERTY_TIMEOUT_MS);

test("on the script's time scale everything is as the reference model says: rows, reasons, sources, end, also with cancel and time limit", () => {
  const scenarios = fc.oneof(arbitraryScenario({ interruptions: true }), arbitraryScenario({ profile: "races" }));
  check(8_000, fc.property(scenarios, (scenario) => {
    const expected = expectedOf(scenario, STARTED_AT);
    const seen = simulate(scenario, { order: "timed" });
    fc.pre(!expected.tie && !seen.tie);
    expect(seen.facts).toEqual(expected.facts);
    expect(seen.end).toBe(expected.end);
  }));
}, PROPERTY_TIMEOUT_MS);

test("in any order, and with maxParallel, what cannot depend on the order is as the reference model says", () => {
  check(3_000, fc.property(arbitraryScenario({ maxParallel: true }), fc.nat(), (scenario, order) => {
    const expected = expectedOf(scenario, STARTED_AT);
    fc.pre(!expected.tie && !expected.racy);
    expect(simulate(scenario, { order }).facts).toEqual(expected.facts);
  }));
}, PROPERTY_TIMEOUT_MS);
