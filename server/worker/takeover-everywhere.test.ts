import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { v7 } from "uuid";
import type { DefinitionInput } from "@/server/engine/definition";
import type { RunWrite } from "@/server/engine/ports";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance, until } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { MemoryStore } from "@/server/testing/memory-store";
import { WorkerWorld } from "@/server/testing/worker-world";

/** Loses every worker right after the n-th flush of the run that a test watches; 0: none. */
class LosingStore extends MemoryStore {
  flushesOfRun = 0;

  constructor(
    private readonly loseAfter: number,
    private readonly watched: () => string,
  ) {
    super();
  }

  override async flush(write: RunWrite): Promise<"ok" | "lost"> {
    const result = await super.flush(write);
    if (write.runId !== this.watched() || result === "lost") return result;
    this.flushesOfRun += 1;
    if (this.flushesOfRun === this.loseAfter && this.runs.get(write.runId)?.state === "running") this.expire(write.runId);
    return result;
  }
}

interface Seen {
  status: string;
  output: unknown;
  error: unknown;
  rows: string[];
  flushes: number;
}

const world = new WorkerWorld();
beforeAll(() => {
  world.probes.set("fail", ({ config }) => ({ type: "failed", error: { code: "broken", message: `broken ${JSON.stringify(config.value)}` }, retryable: false }));
  world.probes.set("odd", ({ config }) => (Number(config.value) % 2 === 1 ? { type: "failed", error: { code: "odd", message: `odd ${String(config.value)}` }, retryable: false } : { type: "succeeded", output: config.value }));
  world.probes.set("third", ({ config, attempt }) => (attempt < 3 ? { type: "failed", error: { code: "early", message: `attempt ${attempt}` }, retryable: true } : { type: "succeeded", output: [config.value, attempt] }));
  world.probes.set("hear", ({ config, resume }) => (resume === undefined ? { type: "waiting", wait: { kind: "signal", signal: config.value as string } } : { type: "succeeded", output: { heard: resume.payload, config: config.value } }));
  world.define(workflow([set("x", { doubled: "{{ input.n * 2 }}" })]), "double");
  world.define(workflow([node("x", "fail", { config: { message: "child broke" } })]), "broken");
});
afterAll(() => world.close());

async function run(definition: DefinitionInput, input: unknown, loseAfter: number, snapshotEvery: number): Promise<Seen> {
  let id = "";
  const store = new LosingStore(loseAfter, () => id);
  const suite = new Conformance();
  suite.world = world;
  suite.harness = await openMemoryHarness(store);
  suite.worker({ settings: { commitEachStep: true, inlineMaxBytes: 200, holdTimerMs: 5, holdChildMs: 0, snapshotEvery }, pollMs: 20 });
  const made = world.newRun(world.define(definition), input);
  id = made.id;
  await store.enqueue([made]);
  for (const name of ["first", "second"]) await store.send({ runId: id, kind: "signal", path: null, attempt: null, name, payload: JSON.stringify(`payload of ${name}`), key: v7() });
  const outcome = await until(`run ${id} to end when lost after flush ${loseAfter}`, () => suite.harness.outcome(id));
  const steps = await suite.harness.steps(id);
  await suite.stopWorkers();
  const read = (text: string | null): string | null => (text?.startsWith('{"$blob"') === true ? (world.blobs.get((JSON.parse(text) as { $blob: string }).$blob) ?? "gone") : text);
  const plain = (text: string | null): string => (read(text) ?? "none").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "uuid");
  const rows = steps.map(({ path, attempt, status, input: given, output, error }) => `${path}#${attempt} ${status} input=${plain(given)} output=${plain(output)} error=${plain(error)}`);
  return { status: outcome.status, output: plain(outcome.output), error: plain(outcome.error), rows: rows.toSorted(), flushes: store.flushesOfRun };
}

const LONG = "long ".repeat(100);

const SCENES: Record<string, { definition: DefinitionInput; input?: unknown }> = {
  "branches, joins and conditions": {
    definition: workflow(
      [set("a", { n: 1, text: LONG }), node("pick", "if", { config: { condition: "{{ steps.a.output.n > 0 }}" } }), probe("yes", { value: "{{ steps.a.output.text.length }}" }), probe("no"), node("both", "join", { config: { mode: "any" } }), set("end", { all: "{{ steps }}" })],
      ["a>pick", "pick.true>yes", "pick.false>no", "yes>both", "no>both", "both>end"],
    ),
  },
  "errors in every way they can go": {
    definition: workflow(
      [
        probe("soft", { call: "fail", value: LONG }, { onError: "continue" }),
        probe("routed", { call: "fail", value: 2 }, { onError: "route" }),
        set("handler", { soft: "{{ steps.soft.error.message }}", routed: "{{ steps.routed.error.code }}" }),
        node("try", "tryCatch", { config: { result: "{{ [steps.fix.output, steps.clean.output] }}" } }),
        probe("inner", { value: 1 }, inside("try", "body")),
        node("deep", "parallel", { ...inside("try", "body"), config: { branches: 1 } }),
        probe("bad", { call: "fail", value: LONG }, inside("deep", "branch:0")),
        set("fix", { caught: "{{ error.message }}", from: "{{ error.path }}", same: "{{ steps.try.error.code }}" }, inside("try", "catch")),
        set("clean", { after: "{{ error.code }}" }, inside("try", "finally")),
        set("end", { tried: "{{ steps.try.output }}", status: "{{ steps.soft.status }}" }),
      ],
      ["soft>routed", "routed.error>handler", "handler>try", "inner>deep", "try>end"],
    ),
  },
  "an error nobody handles": {
    definition: workflow([node("loop", "forEach", { config: { items: "{{ [2, 4, 5, 6] }}" } }), node("in", "ifElse", { ...inside("loop", "body"), config: { condition: "{{ true }}" } }), probe("x", { call: "odd", value: "{{ item }}" }, inside("in", "then"))]),
  },
  "nested loops with items, indices and earlier results": {
    definition: workflow(
      [
        node("outer", "forEach", { config: { items: "{{ input.items }}", result: "{{ { item: item, inner: steps.inner.output } }}" } }),
        node("inner", "while", { ...inside("outer", "body"), config: { condition: "{{ (previous?.n ?? 0) < loops.outer.item }}" } }),
        probe("count", { value: { n: "{{ (previous?.n ?? 0) + 1 }}", of: "{{ loops.outer.item }}", at: "{{ index }}", outer: "{{ loops.outer.index }}" } }, inside("inner", "body")),
        set("end", { all: "{{ steps.outer.output }}" }),
      ],
      ["outer>end"],
    ),
    input: { items: [2, 0, 3] },
  },
  "a parallel loop that tolerates errors and is left early": {
    definition: workflow(
      [
        node("loop", "forEach", { config: { items: "{{ [0, 1, 2, 3, 4, 5] }}", mode: "sequential", continueOnItemError: true } }),
        probe("x", { call: "odd", value: "{{ item }}" }, inside("loop", "body")),
        node("done", "ifElse", { ...inside("loop", "body"), config: { condition: "{{ item === 4 }}" } }),
        node("leave", "break", { ...inside("done", "then"), config: { output: { last: "{{ item }}", text: LONG } } }),
        node("skip", "continue", { ...inside("done", "else"), config: { output: "{{ item * 10 }}" } }),
        set("end", { got: "{{ steps.loop.output }}" }),
      ],
      ["x>done", "loop>end"],
    ),
  },
  "a stop deep inside": {
    definition: workflow([node("loop", "forEach", { config: { items: "{{ [1, 2, 3] }}" } }), node("at", "switchCase", { ...inside("loop", "body"), config: { value: "{{ item }}", cases: [{ name: "two", equals: 2 }] } }), node("halt", "stop", { ...inside("at", "case:two"), config: { output: { stopped: "{{ item }}" } } }), probe("go", { value: "{{ item }}" }, inside("at", "default"))]),
  },
  "retries, signals and sub-workflows": {
    definition: workflow(
      [
        probe("again", { call: "third", value: LONG }, { retry: { maxAttempts: 3, strategy: "constant", delaySeconds: 0.01, jitter: 0 } }),
        probe("one", { call: "hear", value: "first" }),
        node("call", "subworkflow", { config: { workflow: "double", input: { n: 21 } } }),
        node("bad", "subworkflow", { config: { workflow: "broken" }, onError: "route" }),
        probe("two", { call: "hear", value: "second" }),
        set("end", { again: "{{ steps.again.output }}", one: "{{ steps.one.output }}", call: "{{ steps.call.output }}", bad: "{{ steps.bad.error.code }}", two: "{{ steps.two.output }}" }),
      ],
      ["again>one", "one>call", "call>bad", "bad.error>two", "two>end"],
    ),
  },
  "a delay in a parallel container": {
    definition: workflow([node("fork", "parallel", { config: { branches: 2 } }), node("d", "delay", { ...inside("fork", "branch:0"), config: { seconds: 0.03 } }), probe("p", { value: LONG }, inside("fork", "branch:1")), set("end", { p: "{{ steps.fork.output.p }}", d: "{{ typeof steps.fork.output.d.until }}" })], ["fork>end"]),
  },
};

/** What differs by the hour, not by who carried it out. */
const timeless = (seen: Seen): Omit<Seen, "flushes"> => {
  const text = JSON.stringify({ ...seen, flushes: undefined }).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time");
  return JSON.parse(text) as Omit<Seen, "flushes">;
};

describe("a run whose worker is lost after any flush ends with the same rows as an undisturbed one", () => {
  const lostAnywhere = async ({ definition, input = {} }: (typeof SCENES)[string], snapshotEvery: number) => {
    const undisturbed = await run(definition, input, 0, snapshotEvery);
    expect(undisturbed.rows.length).toBeGreaterThan(0);
    for (let flush = 1; flush <= undisturbed.flushes; flush++) {
      expect(timeless(await run(definition, input, flush, snapshotEvery)), `lost after flush ${flush} of ${undisturbed.flushes}`).toEqual(timeless(undisturbed));
    }
  };

  test.each(Object.entries(SCENES))("%s", (_name, scene) => lostAnywhere(scene, Infinity));
  test.each(Object.entries(SCENES))("%s, with snapshots", (_name, scene) => lostAnywhere(scene, 1));
});
