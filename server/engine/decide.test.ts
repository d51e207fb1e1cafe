import { describe, expect, test } from "vitest";
import { createState, decide } from "./decide";
import { definitionSchema, type DefinitionInput } from "./definition";
import type { EngineCommand, EngineEvent, StepOutcome } from "./events";
import { pending } from "./pending";
import { plan } from "./plan";

type Script = Record<string, StepOutcome[] | StepOutcome>;
const ok: StepOutcome = { status: "succeeded" };
const bad: StepOutcome = { status: "failed", retryable: true };

/** Carries out every command at once, steps as the script says (default: success); answers the order of step starts and the end. */
function run(input: DefinitionInput, script: Script = {}, entries: Record<string, { items?: number; slot?: string }> = {}, whiles: Record<string, number> = {}) {
  const planned = plan(definitionSchema.parse(input));
  const { state, commands } = createState(planned, { startedAt: 0 });
  const log: string[] = [];
  const queue = [...commands];
  let clock = 0;
  const feed = (event: EngineEvent): void => {
    const decision = decide(planned, state, event);
    expect(decision.accepted).toBe(true);
    queue.push(...decision.commands);
  };
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) answer(command);
  function answer(command: EngineCommand): void {
    clock += 1;
    switch (command.type) {
      case "startStep": {
        const scripted = script[command.path];
        const outcome = Array.isArray(scripted) ? scripted[command.attempt - 1] : scripted;
        log.push(command.attempt === 1 ? command.path : `${command.path}#${command.attempt}`);
        return feed({ type: "step", path: command.path, attempt: command.attempt, at: clock, outcome: command.resume === undefined ? (outcome ?? ok) : ok });
      }
      case "enter":
        return feed({ type: "entered", path: command.path, at: clock, outcome: { status: "entered", ...entries[command.nodeId] } });
      case "iterate":
        if (command.index < (whiles[command.nodeId] ?? 0)) return feed({ type: "iterated", path: command.path, index: command.index, at: clock });
        return feed({ type: "exited", path: command.path, at: clock, outcome: { status: "succeeded" } });
      case "exit": {
        const status = command.reason.status === "interrupted" ? "succeeded" : command.reason.status;
        log.push(`${status}:${command.path}`);
        return feed({ type: "exited", path: command.path, at: clock, outcome: { status } });
      }
      case "setTimer":
        clock = Math.max(clock, command.at);
        return feed({ type: "timer", id: command.id, at: clock });
      case "finishRun":
        log.push(`end ${command.status}`);
        return;
      default:
        return;
    }
  }
  expect(state.finished).toBe(true);
  return { log, state, planned };
}

const node = (id: string, kind = "set", extra: object = {}) => ({ id, kind, ...extra });
const inside = (id: string, parent: string, slot: string, kind = "set", extra: object = {}) => node(id, kind, { parent: { id: parent, slot }, ...extra });
const doc = (nodes: DefinitionInput["nodes"], edges: [string, string, string?][] = [], settings = {}): DefinitionInput => ({
  schema: 1,
  nodes,
  edges: edges.map(([from, to, port]) => ({ from, to, ...(port === undefined ? {} : { port }) })),
  settings,
});

describe("firing rule", () => {
  test("a branch not taken is dead and a node behind both branches still runs", () => {
    const { log } = run(doc([node("pick", "if"), node("yes"), node("no"), node("after")], [["pick", "yes", "true"], ["pick", "no", "false"], ["yes", "after"], ["no", "after"]]), { pick: { status: "succeeded", port: "true" } });
    expect(log).toEqual(["pick", "yes", "after", "succeeded:", "end succeeded"]);
  });

  test("join all needs every edge, any fires once and cancels what only leads to it", () => {
    const shape = (mode: string) => doc([node("a"), node("b", "if"), node("j", "join", { config: { mode, cancelOthers: mode === "any" } })], [["a", "j"], ["b", "j", "true"]]);
    const no = { b: { status: "succeeded", port: "false" } as const };
    expect(run(shape("all"), no).log).not.toContain("j");
    expect(run(shape("any"), no).log.filter((line) => line === "j")).toHaveLength(1);
  });

  const begin = (input: DefinitionInput) => {
    const planned = plan(definitionSchema.parse(input));
    const { state, commands } = createState(planned, { startedAt: 0 });
    const end = (path: string) => decide(planned, state, { type: "step", path, attempt: 1, at: 1, outcome: ok }).commands;
    return { started: startedBy(commands), end };
  };
  const startedBy = (commands: readonly EngineCommand[]) => commands.flatMap((command) => (command.type === "startStep" ? [command.path] : []));

  test("the first edge to a join of any cancels the others that lead nowhere else, and only those", () => {
    const { started, end } = begin(doc([node("a"), node("b"), node("c"), node("d"), node("j", "join", { config: { mode: "any", cancelOthers: true } })], [["a", "j"], ["b", "j"], ["c", "j"], ["c", "d"]]));
    expect(started).toEqual(["a", "b", "c"]);
    expect(end("a").filter(({ type }) => type === "cancelStep" || type === "startStep")).toMatchObject([{ type: "startStep", path: "j" }, { type: "cancelStep", path: "b" }]);
  });

  test("maxParallel holds steps back, and each that ends lets the next begin", () => {
    const { started, end } = begin(doc(Array.from({ length: 5 }, (_, i) => node(`n${i}`)), [], { maxParallel: 2 }));
    expect(started).toEqual(["n0", "n1"]);
    expect(["n1", "n0", "n2", "n3", "n4"].map((path) => startedBy(end(path)))).toEqual([["n2"], ["n3"], ["n4"], [], []]);
  });
});

describe("errors", () => {
  test("retries with backoff, then routes", () => {
    const retry = { maxAttempts: 3, delaySeconds: 1 };
    const { log } = run(doc([node("a", "http", { retry, onError: "route" }), node("b"), node("c")], [["a", "b"], ["a", "c", "error"]]), { a: bad });
    expect(log).toEqual(["a", "a#2", "a#3", "c", "succeeded:", "end succeeded"]);
  });

  test("try, catch and finally; a failing finally fails the run", () => {
    const shape = doc([node("t", "tryCatch"), inside("x", "t", "body"), inside("h", "t", "catch"), inside("f", "t", "finally"), node("z")], [["t", "z"]]);
    expect(run(shape, { "t/x": bad }).log).toEqual(["t/x", "t/h", "t/f", "succeeded:t", "z", "succeeded:", "end succeeded"]);
    expect(run(shape, { "t/f": bad }).log).toEqual(["t/x", "t/f", "failed:t", "failed:", "end failed"]);
  });

  test("an error in one item fails the loop, or not", () => {
    const loop = (continueOnItemError: boolean) => doc([node("l", "forEach", { config: { items: "", continueOnItemError } }), inside("x", "l", "body")]);
    expect(run(loop(false), { "l[1]/x": bad }, { l: { items: 3 } }).log).toEqual(["l[0]/x", "succeeded:l[0]", "l[1]/x", "failed:l[1]", "failed:l", "failed:", "end failed"]);
    expect(run(loop(true), { "l[1]/x": bad }, { l: { items: 3 } }).log.slice(-3)).toEqual(["succeeded:l", "succeeded:", "end succeeded"]);
  });
});

describe("loops and early ends", () => {
  test("break leaves the nearest loop through finally; stop ends the run", () => {
    const shape = (kind: string) => doc([node("l", "forEach", { config: { items: "" } }), inside("t", "l", "body", "tryCatch"), inside("b", "t", "body", kind), inside("f", "t", "finally"), node("z")], [["l", "z"]]);
    expect(run(shape("break"), {}, { l: { items: 3 } }).log).toEqual(["l[0]/t/b", "l[0]/t/f", "succeeded:l[0]/t", "succeeded:l[0]", "succeeded:l", "z", "succeeded:", "end succeeded"]);
    expect(run(shape("continue"), {}, { l: { items: 2 } }).log.filter((line) => line.endsWith("/b"))).toHaveLength(2);
    expect(run(shape("stop"), {}, { l: { items: 3 } }).log.slice(-3)).toEqual(["succeeded:l", "succeeded:", "end succeeded"]);
  });

  test("while stops when its condition is false and fails at its cap", () => {
    const loop = (maxIterations: number) => doc([node("w", "while", { config: { condition: "x", maxIterations } }), inside("x", "w", "body")]);
    expect(run(loop(10), {}, {}, { w: 2 }).log).toEqual(["w[0]/x", "succeeded:w[0]", "w[1]/x", "succeeded:w[1]", "succeeded:", "end succeeded"]);
    expect(run(loop(1), {}, {}, { w: 5 }).log.at(-1)).toBe("end failed");
  });
});

describe("cancel", () => {
  test("cancels what runs, waits for it, runs finally, and ends cancelled", () => {
    const planned = plan(definitionSchema.parse(doc([node("t", "tryCatch"), inside("x", "t", "body"), inside("f", "t", "finally")])));
    const { state } = createState(planned, { startedAt: 0 });
    const step = (event: EngineEvent) => decide(planned, state, event).commands.map((command) => command.type);
    step({ type: "entered", path: "t", at: 1, outcome: { status: "entered" } });
    expect(step({ type: "cancel", at: 2, source: "user" })).toEqual(["cancelStep"]);
    expect(pending(planned, state).map((command) => command.type)).toEqual(["cancelStep"]);
    expect(step({ type: "step", path: "t/x", attempt: 1, at: 3, outcome: { status: "cancelled" } })).toEqual(["setTimer", "startStep"]);
    expect(step({ type: "step", path: "t/x", attempt: 1, at: 4, outcome: ok })).toEqual([]);
    expect(step({ type: "step", path: "t/f", attempt: 1, at: 5, outcome: ok })).toEqual(["clearTimer", "exit"]);
    expect(step({ type: "exited", path: "t", at: 6, outcome: { status: "cancelled" } })).toEqual(["exit"]);
    expect(decide(planned, state, { type: "exited", path: "", at: 7, outcome: { status: "cancelled" } }).commands).toEqual([{ type: "finishRun", status: "cancelled", source: "user" }]);
  });
});
