import * as fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryScenario } from "./testing/arbitrary-definition";
import { problemsOf } from "./testing/invariants";
import { check, PROPERTY_TIMEOUT_MS } from "@/server/testing/property-runs";
import { simulate } from "./testing/simulator";

const interrupted = arbitraryScenario({ interruptions: true, maxParallel: true });

test("in any order a run ends, uses each result once, keeps its limits and breaks no rule, whatever late or invented events come", () => {
  check(3_000, fc.property(interrupted, fc.nat(), (scenario, order) => {
    const seen = simulate(scenario, { order, noise: 0.3 });
    expect(problemsOf(scenario, seen)).toEqual([]);
  }));
}, PROPERTY_TIMEOUT_MS);

test("folding the journal at any prefix gives the live state and the same outstanding commands; a snapshot restores it", () => {
  check(3_000, fc.property(interrupted, fc.nat(), (scenario, order) => {
    simulate(scenario, { order, noise: 0.1, replay: true });
  }));
}, PROPERTY_TIMEOUT_MS);

test("a cancel at any moment ends the run, and every finally has run", () => {
  check(2_000, fc.property(arbitraryScenario({ interruptions: true }), fc.nat(), (scenario, order) => {
    const seen = simulate({ ...scenario, cancelAt: 1 }, { order });
    expect(problemsOf(scenario, seen)).toEqual([]);
    if (seen.cancelled) expect(seen.facts.find((fact) => fact.startsWith("finish"))).toBe("finish cancelled");
  }));
}, PROPERTY_TIMEOUT_MS);
