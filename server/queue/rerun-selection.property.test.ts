import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createState, decide } from "@/server/engine/decide";
import { isContainerKind } from "@/server/engine/definition";
import { toEvent, toRecord, type JournalRecord } from "@/server/engine/journal";
import { pending } from "@/server/engine/pending";
import { plan, type Plan } from "@/server/engine/plan";
import { nodeIdOf, splitIteration, type RunState } from "@/server/engine/state";
import { arbitraryScenario, type Scenario } from "@/server/engine/testing/arbitrary-definition";
import { check, PROPERTY_TIMEOUT_MS } from "@/server/testing/property-runs";
import { simulate, STARTED_AT } from "@/server/engine/testing/simulator";
import { redoneBy } from "@/server/queue/rerun-scope";
import { selectForRerun } from "@/server/queue/rerun-selection";

interface Case {
  plan: Plan;
  start: { startedAt: number; startNode?: string };
  records: JournalRecord[];
  path: string;
}

/** A finished run's journal, and a step run in it. */
function caseOf(scenario: Scenario, order: number, choice: number): Case | null {
  const { events } = simulate(scenario, { order });
  const records = events.flatMap((event, index) => toRecord(event, index + 1) ?? []);
  const paths = records.flatMap((record) => (record.table === "step" ? [record.path] : []));
  if (paths.length === 0) return null;
  const start = { startedAt: STARTED_AT, ...(scenario.startNode === undefined ? {} : { startNode: scenario.startNode }) };
  return { plan: plan(scenario.definition), start, records: JSON.parse(JSON.stringify(records)) as JournalRecord[], path: paths[choice % paths.length]! };
}

function fold(one: Case, records: readonly JournalRecord[]): RunState {
  const { state } = createState(one.plan, one.start);
  for (const record of records) {
    const event = toEvent(record, (path) => splitIteration(path) !== null || isContainerKind(one.plan.nodes[nodeIdOf(path)]!.kind));
    expect(decide(one.plan, state, event).accepted, JSON.stringify(record)).toBe(true);
  }
  return state;
}

test("what a re-run keeps folds by itself, holds nothing at or after the step, and leaves something to do", () => {
  check(2_000, fc.property(arbitraryScenario({ interruptions: true, maxParallel: true }), fc.nat(), fc.nat(), (scenario, order, choice) => {
    const one = caseOf(scenario, order, choice);
    if (one === null) return;
    const kept = selectForRerun(one.plan, one.records, one.path, one.start);
    const state = fold(one, kept);
    expect(state.finished).toBe(false);
    expect(pending(one.plan, state).length).toBeGreaterThan(0);
    expect(kept.filter((record) => record.path === one.path && !(record.table === "step" && record.phase === "enter"))).toEqual([]);
    expect(new Set(kept.map(({ seq }) => seq)).size).toBe(kept.length);
  }));
}, PROPERTY_TIMEOUT_MS);

test("of a run in which nothing failed or was left early, all is kept that is neither at nor after the step", () => {
  check(2_000, fc.property(arbitraryScenario({ maxParallel: true }), fc.nat(), fc.nat(), (scenario, order, choice) => {
    const one = caseOf(scenario, order, choice);
    fc.pre(one !== null && one.records.every((record) => record.table === "event" || (record.status !== "failed" && record.status !== "cancelled")));
    fc.pre(!scenario.definition.nodes.some(({ kind }) => kind === "stop" || kind === "break" || kind === "continue"));
    fc.pre(!scenario.definition.nodes.some(({ config }) => config.cancelOthers === true));
    const redone = redoneBy(one.plan, one.path);
    const kept = new Set(selectForRerun(one.plan, one.records, one.path, one.start).map(({ seq }) => seq));
    const lost = one.records.filter((record) => !kept.has(record.seq) && record.path !== null && !redone(record, record.path));
    expect(lost).toEqual([]);
  }));
}, PROPERTY_TIMEOUT_MS);
