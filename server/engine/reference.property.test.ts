import * as fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryScenario } from "./testing/arbitrary-definition";
import { check } from "./testing/property-runs";
import { expectedOf } from "./testing/reference-model";
import { simulate, STARTED_AT } from "./testing/simulator";

test("on the script's time scale everything is as the reference model says: rows, reasons, sources, end, also with cancel and time limit", () => {
  check(1_500, fc.property(arbitraryScenario({ interruptions: true }), (scenario) => {
    const expected = expectedOf(scenario, STARTED_AT);
    const seen = simulate(scenario, { order: "timed" });
    fc.pre(!expected.tie && !seen.tie);
    expect(seen.facts).toEqual(expected.facts);
    expect(seen.end).toBe(expected.end);
  }));
});

test("in any order, and with maxParallel, what cannot depend on the order is as the reference model says", () => {
  check(1_000, fc.property(arbitraryScenario({ maxParallel: true }), fc.nat(), (scenario, order) => {
    const expected = expectedOf(scenario, STARTED_AT);
    fc.pre(!expected.tie && !expected.racy);
    expect(simulate(scenario, { order }).facts).toEqual(expected.facts);
  }));
});
