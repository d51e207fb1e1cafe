import { expect, test } from "vitest";
import { createState, decide } from "@/server/engine/decide";
import { definitionSchema } from "@/server/engine/definition";
import type { EngineEvent } from "@/server/engine/events";
import { toRecord } from "@/server/engine/journal";
import { plan } from "@/server/engine/plan";
import { selectForRerun } from "@/server/queue/rerun-selection";

/** Cases the property tests found, as small as they come. */

const start = { startedAt: 0 };
const step = (path: string, at: number): EngineEvent => ({ type: "step", path, attempt: 1, at, outcome: { status: "succeeded" } });
const exited = (path: string, at: number): EngineEvent => ({ type: "exited", path, at, outcome: { status: "succeeded" } });

function loopPlan(maxParallel?: number) {
  const loop = { id: "loop", kind: "forEach", config: { items: "{{ items }}", mode: "parallel", limit: 2 } } as const;
  const body = { id: "a", kind: "set", parent: { id: "loop", slot: "body" } } as const;
  return plan(definitionSchema.parse({ schema: 1, nodes: [loop, body], edges: [], settings: maxParallel === undefined ? {} : { maxParallel } }));
}

test.each([undefined, 1])("keeps an iteration that begins later than it did, also where its steps find no place (maxParallel %s)", (maxParallel) => {
  const planned = loopPlan(maxParallel);
  const events: EngineEvent[] = [
    { type: "entered", path: "loop", at: 1, outcome: { status: "entered", items: 3 } },
    step("loop[0]/a", 2),
    step("loop[1]/a", 3),
    exited("loop[0]", 4),
    step("loop[2]/a", 5),
    exited("loop[2]", 6),
    exited("loop[1]", 7),
    exited("loop", 8),
  ];
  const { state } = createState(planned, start);
  for (const event of events) expect(decide(planned, state, event).accepted).toBe(true);
  const records = events.flatMap((event, index) => toRecord(event, index + 1) ?? []);
  expect(selectForRerun(planned, records, "loop[0]/a", start).map(({ path }) => path)).toEqual(["loop", "loop[1]/a", "loop[1]", "loop[2]/a", "loop[2]"]);
});
