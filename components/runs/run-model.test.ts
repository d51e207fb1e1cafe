import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { readGraph } from "@/components/canvas/read-graph";
import type { RunView, StepDelta, StepSummary } from "@/server/runs/contract";
import { describeFailure } from "./describe-failure";
import { iterationsIn, splitPath, withIteration } from "./paths";
import { RunFeed } from "./run-feed";
import { heldSteps, NOTHING_HELD } from "./held-steps";
import { runMarks } from "./run-marks";
import { firstFailed, latestAttempt, merge, newModel, shownIterations } from "./run-model";
import { buildTimeline } from "./timeline";

const second = (count: number) => new Date(Date.UTC(2026, 0, 1) + count * 1_000).toISOString();

function step(path: string, change: Partial<StepSummary> = {}): StepSummary {
  return {
    path,
    attempt: 1,
    nodeId: splitPath(path).nodeId,
    kind: "set",
    status: "succeeded",
    port: null,
    items: null,
    startedAt: second(0),
    finishedAt: second(1),
    workerId: null,
    failure: null,
    progress: null,
    untaken: [],
    sizes: { input: null, output: null, error: null },
    ...change,
  };
}

function delta(steps: StepSummary[], change: Partial<StepDelta> = {}): StepDelta {
  return {
    run: {
      id: "run",
      workflow: null,
      version: null, environment: null,
      mode: "production",
      status: "running",
      trigger: "manual",
      createdAt: second(0),
      startedAt: second(0),
      finishedAt: null,
      failure: null,
      parentRunId: null,
      labels: {},
      terminationReason: null,
      rootRunId: "run",
      kept: false,
      rerunOf: null,
      startedBy: null,
      identity: null,
      children: [], hasMoreChildren: false,
      sizes: { input: null, output: null, error: null },
    },
    steps,
    waits: [],
    moreWaits: 0,
    moreOpenSteps: 0,
    loops: [],
    seq: steps.length,
    more: false,
    ...change,
  };
}

const view = (steps: StepSummary[], change: Partial<StepDelta> = {}): RunView => ({ ...delta(steps, change), definition: {} });

const graph = readGraph({
  nodes: [
    { id: "outer", kind: "forEach" },
    { id: "try", kind: "tryCatch", parent: { id: "outer", slot: "body" } },
    { id: "inner", kind: "while", parent: { id: "try", slot: "body" } },
    { id: "call", kind: "http", parent: { id: "inner", slot: "body" } },
    { id: "after", kind: "set" },
  ],
  edges: [{ from: "outer", to: "after" }],
});

describe("paths", () => {
  it("take apart", () => {
    expect(splitPath("fetch")).toEqual({ parent: null, nodeId: "fetch", iteration: null });
    expect(splitPath("a[1]/b/c[12]")).toEqual({ parent: "a[1]/b", nodeId: "c", iteration: 12 });
    expect(iterationsIn("a[1]/b[2]/c")).toEqual({ a: 1, "a[1]/b": 2 });
    expect(iterationsIn("a[1]/b[2]")).toEqual({ a: 1, "a[1]/b": 2 });
    expect(withIteration("a[1]/b[2]/c", "a[1]/b", 7)).toBe("a[1]/b[7]/c");
    expect(withIteration("ab[1]/c", "a", 7)).toBe("ab[1]/c");
  });
});

describe("the failure of a run", () => {
  const handled = [step("outer", { status: "failed", failure: { code: "http_error", message: "404" } })];
  const failed = (failure: NonNullable<RunView["run"]["failure"]>) => describeFailure(newModel(view(handled, { run: { ...delta([]).run, status: "failed", failure } })), graph, {});

  it("is at no step that was handled on the way", () => {
    expect(failed({ code: "worker_lost", message: "lost" })).toMatchObject({ path: null, nodeName: null });
    expect(failed({ code: "run_timeout", message: "too late", path: "" })).toMatchObject({ path: null, nodeName: null });
    expect(failed({ code: "http_error", message: "404", nodeId: "outer" })).toMatchObject({ path: "outer", nodeName: "outer" });
  });
});

const nested = [
  step("outer", { items: 3, finishedAt: null, status: "running" }),
  step("outer[0]"),
  step("outer[0]/try"),
  step("outer[0]/try/inner"),
  step("outer[0]/try/inner[0]"),
  step("outer[0]/try/inner[0]/call"),
  step("outer[1]", { status: "failed" }),
  step("outer[1]/try", { status: "failed" }),
  step("outer[1]/try/inner", { status: "failed" }),
  step("outer[1]/try/inner[0]"),
  step("outer[1]/try/inner[1]", { status: "failed" }),
  step("outer[1]/try/inner[1]/call", { status: "failed" }),
  step("outer[1]/try/inner[1]/call", { attempt: 2, status: "failed", startedAt: second(2), finishedAt: second(4) }),
  step("outer[2]", { status: "running", finishedAt: null }),
];

describe("runMarks", () => {
  it("shows the first failed iteration of every loop until another is chosen", () => {
    const model = newModel(view(nested));
    const shown = shownIterations(model, {});
    expect(shown).toMatchObject({ outer: 1, "outer[1]/try/inner": 1 });
    expect(Object.fromEntries(runMarks(model, graph, shown, NOTHING_HELD))).toEqual({
      outer: { status: "running", attempt: 1, note: "3/3", takes: 3 },
      try: { status: "failed", attempt: 1, note: "1.0 s" },
      inner: { status: "failed", attempt: 1, note: "1.0 s" },
      call: { status: "failed", attempt: 2, note: "2.0 s" },
    });
    const first = shownIterations(model, { outer: 0 });
    expect(runMarks(model, graph, first, NOTHING_HELD).get("call")).toMatchObject({ status: "succeeded", note: "1.0 s" });
    const last = shownIterations(model, { outer: 2 });
    expect(runMarks(model, graph, last, NOTHING_HELD).has("call")).toBe(false);
  });

  it("shows a step that waits", () => {
    const wait = { id: "w", path: "after", status: "open" } as StepDelta["waits"][number];
    expect(runMarks(newModel(view([], { waits: [wait] })), graph, {}, NOTHING_HELD).get("after")?.status).toBe("waiting");
  });
});

describe("a step that a limit holds", () => {
  const place = { path: "after", nodeId: "after", limit: 2, key: '"vip"', since: second(3), ahead: 4, aheadIsMore: false, holders: [] };

  it("waits on the canvas and in the waterfall although it has no row yet, and no more once it has one", () => {
    const model = newModel(view(nested));
    const held = heldSteps(model, [place]);
    expect(runMarks(model, graph, {}, held).get("after")).toEqual({ status: "waiting", attempt: undefined, note: "waits behind 4" });
    const { rows } = buildTimeline(model, graph, {}, Date.parse(second(10)), undefined, held);
    expect(rows.find(({ path }) => path === "after")).toMatchObject({ status: "waiting", segments: [{ kind: "wait", label: 'Waits for a place: 2 at the same time are allowed for "vip"', milliseconds: 7_000 }] });
    const begun = newModel(view([...nested, step("after", { status: "running", finishedAt: null })]));
    expect(heldSteps(begun, [place]).size).toBe(0);
  });

  it("waits for its worker as its progress says, until that is over", () => {
    const progress = { done: 0, waits: { kind: "resources", since: second(1), cpu: 2, memoryMb: 0, ofCpu: 4, ofMemoryMb: 8_000 } } as const;
    const open = newModel(view([step("after", { status: "running", finishedAt: null, progress })]));
    expect(heldSteps(open, []).get("after")?.text).toBe("Waits for its share of the worker: it asks for 2 of 4 CPU, and other steps have too much of that");
    expect(runMarks(open, graph, {}, heldSteps(open, [])).get("after")?.status).toBe("waiting");
    expect(heldSteps(newModel(view([step("after", { progress })])), []).size).toBe(0);
  });
});

describe("merge", () => {
  it("gives the same model in whatever portions the steps come", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: nested.length }), { maxLength: 5 }), (cuts) => {
        const borders = [0, ...cuts.sort((one, other) => one - other), nested.length];
        let model = newModel(view([]));
        for (let index = 1; index < borders.length; index++) {
          model = merge(model, delta(nested.slice(borders[index - 1], borders[index]), { seq: borders[index] }));
        }
        const whole = newModel(view(nested));
        expect([...model.steps]).toEqual([...whole.steps]);
        expect([...model.loops]).toEqual([...whole.loops]);
        expect(model.seq).toBe(nested.length);
      }),
    );
  });

  it("replaces an attempt by its later state", () => {
    const model = merge(newModel(view([step("after", { status: "running", finishedAt: null })])), delta([step("after")]));
    expect(latestAttempt(model, "after")?.status).toBe("succeeded");
    expect(model.steps.get("after")).toHaveLength(1);
  });
});

describe("buildTimeline", () => {
  it("puts containers above what they hold and keeps shares between 0 and 1", () => {
    const model = newModel(view([...nested, step("after", { startedAt: second(5), finishedAt: second(9) })]));
    const { rows } = buildTimeline(model, graph, shownIterations(model, {}), Date.parse(second(10)));
    expect(rows.map(({ path, depth }) => `${depth} ${path}`)).toEqual([
      "0 outer",
      "1 outer[1]/try",
      "2 outer[1]/try/inner",
      "3 outer[1]/try/inner[1]/call",
      "0 after",
    ]);
    expect(rows[0]!.segments).toHaveLength(3);
    expect(rows[3]!.segments.map(({ kind, start, length }) => [kind, start, length])).toEqual([["pause", 0.1, 0.1], ["attempt", 0, 0.1], ["attempt", 0.2, 0.2]]);
    for (const { start, length } of rows.flatMap(({ segments }) => segments)) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start + length).toBeLessThanOrEqual(1.000001);
    }
  });
});

describe("RunFeed", () => {
  it("asks once more for all calls that came while it was asking, and until there is no more", async () => {
    const asked: number[] = [];
    const answers = [delta([step("a")], { seq: 1, more: true }), delta([step("b")], { seq: 2 }), delta([step("c")], { seq: 3 })];
    const feed: RunFeed = new RunFeed(view([]), {
      changes: async ({ afterSeq }) => {
        asked.push(afterSeq);
        if (asked.length === 2) {
          void feed.pull();
          void feed.pull();
        }
        return answers.shift()!;
      },
      iterations: () => Promise.reject(new Error("nobody asked for iterations")),
    });
    await feed.pull();
    expect(asked).toEqual([0, 1, 2]);
    expect([...feed.read().steps.keys()]).toEqual(["a", "b", "c"]);
  });

  it("loads iterations when they are looked at, page by page, and again once something happened on the page", async () => {
    const figures = (ended: number) => ({ path: "loop", begun: 450, ended, failed: 1, firstFailed: 333 });
    const pages: number[] = [];
    const deltas = [delta([], { seq: 6, loops: [figures(450)] }), delta([], { seq: 7, loops: [figures(450)] })];
    const feed = new RunFeed(view([step("loop")], { seq: 5, loops: [figures(449)] }), {
      changes: ({ under }) => Promise.resolve(under === undefined ? deltas.shift()! : delta([step(under), step(`${under}/call`)], { seq: 99 })),
      iterations: ({ loop, from, limit }) => {
        pages.push(from);
        const places = Array.from({ length: Math.min(limit, 450 - from) }, (_, index) => from + index);
        return Promise.resolve({ steps: places.map((place) => step(`${loop}[${place}]`, place === 449 && pages.length < 4 ? { status: "running", finishedAt: null } : {})) });
      },
    });
    const answered = () => new Promise((resolve) => setImmediate(resolve));
    expect([firstFailed(feed.read(), "loop"), feed.read().loops.get("loop")?.length, feed.read().steps.size]).toEqual([333, 450, 1]);
    for (const [first, last] of [[0, 10], [5, 12], [390, 449]] as const) {
      feed.showIterations("loop", first, last);
      await answered();
    }
    expect(pages.slice().sort((one, other) => one - other)).toEqual([0, 200, 400]);
    await feed.pull();
    feed.showIterations("loop", 0, 449);
    await answered();
    expect(pages.slice(3)).toEqual([400]);
    feed.follow(["loop[333]"]);
    feed.follow(["loop[333]"]);
    await answered();
    expect([feed.read().steps.has("loop[333]/call"), feed.read().seq]).toEqual([true, 6]);
  });
});
