import { expect, test } from "vitest";
import { plan } from "@/server/engine/plan";
import { toRecord, type JournalRecord } from "@/server/engine/journal";
import { arbitraryScenario } from "@/server/engine/testing/arbitrary-definition";
import { simulate, STARTED_AT } from "@/server/engine/testing/simulator";
import { check, fc, PROPERTY_TIMEOUT_MS } from "@/server/testing/property-runs";
import { packPaths, packSnapshot, unpackSnapshot, LARGE } from "@/server/worker/run-snapshot";
import { replay } from "@/server/worker/replay";
import type { RunContext } from "@/server/worker/run-context";
import { ValueStore } from "@/server/worker/value-store";

/** As much of a run as folding its journal asks for. */
function runOf({ definition, startNode }: Parameters<typeof simulate>[0]): RunContext {
  const values = new ValueStore("run", { values: () => Promise.reject(new Error("nothing is read")) }, () => { throw new Error("nothing is read"); });
  const options = startNode === undefined ? {} : { startNode };
  return { workflow: { plan: plan(definition) }, claim: { id: "run", startedAt: STARTED_AT, options }, values } as unknown as RunContext;
}

const known = ({ values }: RunContext) => new Map([...values.known()].map(([path, { attempt, status }]) => [path, `${attempt} ${status}`]));
const historyOf = (records: readonly JournalRecord[]) => ({ records: structuredClone([...records]), started: [], checkpoints: [] });

test("a snapshot at any record and what comes after it fold to what the whole journal does", () => {
  check(150, fc.property(arbitraryScenario({ interruptions: true, maxParallel: true }), fc.nat(), (scenario, order) => {
    const records: JournalRecord[] = [];
    for (const event of simulate(scenario, { order }).events) {
      const record = toRecord(event, records.length + 1);
      if (record !== null) records.push(record);
    }
    const whole = runOf(scenario);
    const { state, commands, consumed } = replay(whole, historyOf(records));
    for (let cut = 1; cut <= records.length; cut++) {
      const before = runOf(scenario);
      const folded = replay(before, historyOf(records.slice(0, cut)));
      const text = packSnapshot({ state: folded.state, paths: packPaths(before.values.known()), inbox: { lastSeq: 0, kept: [] }, checkpoints: [] }, LARGE);
      const there = runOf(scenario);
      expect(replay(there, historyOf([]), unpackSnapshot(text!))).toMatchObject({ state: folded.state, commands: folded.commands });
      expect(known(there)).toEqual(known(before));
      const after = runOf(scenario);
      const resumed = replay(after, historyOf(records.slice(cut)), unpackSnapshot(text!));
      expect(JSON.stringify(resumed.state), `cut after ${cut}`).toBe(JSON.stringify(state));
      expect(resumed.commands).toEqual(commands);
      expect([...folded.consumed, ...resumed.consumed]).toEqual(consumed);
      expect(known(after)).toEqual(known(whole));
    }
  }));
}, PROPERTY_TIMEOUT_MS);
