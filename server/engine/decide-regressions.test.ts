import { expect, test } from "vitest";
import { createState, decide } from "./decide";
import { definitionSchema, type DefinitionInput } from "./definition";
import type { EngineCommand, EngineEvent, StepOutcome } from "./events";
import { pending } from "./pending";
import { plan } from "./plan";

/** Cases the property tests found, as small as they come. */

const ok: StepOutcome = { status: "succeeded" };
const bad: StepOutcome = { status: "failed", retryable: false };

function start(nodes: DefinitionInput["nodes"], edges: DefinitionInput["edges"] = [], settings: DefinitionInput["settings"] = {}) {
  const planned = plan(definitionSchema.parse({ schema: 1, nodes, edges, settings }));
  const { state } = createState(planned, { startedAt: 0 });
  let at = 0;
  const feed = (event: EngineEvent): EngineCommand[] => {
    const decision = decide(planned, state, event);
    expect(decision.accepted).toBe(true);
    return decision.commands;
  };
  return {
    pending: () => pending(planned, state),
    step: (path: string, outcome: StepOutcome = ok) => feed({ type: "step", path, attempt: 1, at: ++at, outcome }),
    enter: (path: string, items?: number) => feed({ type: "entered", path, at: ++at, outcome: { status: "entered", ...(items === undefined ? {} : { items }) } }),
    exit: (path: string, status: "succeeded" | "failed" | "cancelled" = "succeeded") => feed({ type: "exited", path, at: ++at, outcome: { status } }),
    timer: (id: string) => feed({ type: "timer", id, at: ++at }),
  };
}

const inside = (parent: string, slot: string) => ({ parent: { id: parent, slot } });

test("a join keeps the sources it fired with, also after another edge was taken", () => {
  const run = start(
    [{ id: "a", kind: "set" }, { id: "b", kind: "set" }, { id: "j", kind: "join", config: { mode: "any" } }],
    [{ from: "a", to: "j" }, { from: "b", to: "j" }],
  );
  run.step("a");
  run.step("b");
  expect(run.pending()).toEqual([{ type: "startStep", path: "j", nodeId: "j", attempt: 1, taken: ["a"] }]);
});

test("a resumed step that maxParallel holds back ends its row when it is cancelled", () => {
  const run = start([{ id: "w", kind: "delay" }, { id: "x", kind: "set" }, { id: "y", kind: "set" }], [], { maxParallel: 1 });
  const wait = { kind: "delay", until: 10 } as const;
  run.step("w", { status: "waiting", wait });
  run.timer("wait:w#1");
  expect(run.step("x", bad)).toContainEqual({ type: "closeWait", path: "w", attempt: 1, wait, cancelled: true });
});

test("the stop of a container that is being cancelled counts no more", () => {
  const run = start([{ id: "c", kind: "parallel", config: { branches: 1 } }, { id: "s", kind: "stop", ...inside("c", "branch:0") }, { id: "x", kind: "set" }]);
  run.enter("c");
  run.step("c/s");
  run.step("x", bad);
  expect(run.exit("c")).toMatchObject([{ type: "exit", path: "", reason: { status: "failed", error: { path: "x" } } }]);
});

test("the first iteration that ends a parallel loop says how it ends", () => {
  const run = start([
    { id: "l", kind: "forEach", config: { items: "", mode: "parallel" } },
    { id: "pick", kind: "switch", ...inside("l", "body") },
    { id: "b", kind: "break", ...inside("l", "body") },
    { id: "s", kind: "stop", ...inside("l", "body") },
  ], [{ from: "pick", port: "b", to: "b" }, { from: "pick", port: "s", to: "s" }]);
  run.enter("l", 2);
  run.step("l[0]/pick", { status: "succeeded", port: "b" });
  run.step("l[1]/pick", { status: "succeeded", port: "s" });
  run.step("l[0]/b");
  run.step("l[1]/s");
  run.exit("l[0]");
  expect(run.exit("l[1]")).toMatchObject([{ type: "exit", path: "l", reason: { status: "succeeded" } }]);
});
