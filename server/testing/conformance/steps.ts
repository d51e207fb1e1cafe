import { describe, expect, test } from "vitest";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import type { Conformance } from "@/server/testing/conformance/suite";

export function describeSteps(suite: Conformance): void {
  describe("steps", () => {
    test("hand their outputs on, and the last one's is the run's", async () => {
      const run = await suite.run(workflow([set("a", { n: "{{ input.n + 1 }}" }), set("b", { n: "{{ steps.a.output.n * 2 }}" })], ["a>b"]), { n: 1 });
      expect(run).toMatchObject({ status: "succeeded", output: { n: 4 }, steps: { a: "succeeded", b: "succeeded" } });
      expect(run.value("b", "input")).toEqual({ values: { n: 4 } });
    });

    test("dependents see the value as stored and decoded", async () => {
      suite.world.probes.set("odd", () => ({ type: "succeeded", output: { date: new Date(0), minus: -0, gone: undefined, text: "\u0000", $key: 1 } }));
      const run = await suite.run(workflow([probe("a", { call: "odd" }), set("b", { got: "{{ steps.a.output }}", keys: "{{ steps.a.output.gone }}" })], ["a>b"]));
      expect(run.output).toEqual({ got: { date: new Date(0), minus: -0, text: "\u0000", $key: 1 }, keys: null });
    });

    test("branches not taken leave no row, and the join after them runs", async () => {
      const nodes = [node("pick", "if", { config: { condition: "{{ input.big }}" } }), set("yes", { v: 1 }), set("no", { v: 2 }), set("end", { y: "{{ steps.yes.output?.v }}", n: "{{ steps.no.output.v }}" })];
      const run = await suite.run(workflow(nodes, ["pick.true>yes", "pick.false>no", "yes>end", "no>end"]), { big: false });
      expect(run.steps).toEqual({ pick: "succeeded", no: "succeeded", end: "succeeded" });
      expect(run.output).toEqual({ y: null, n: 2 });
    });

    test("an edge whose condition is false is not taken", async () => {
      const definition = workflow([set("a", { n: 5 }), set("b", {}), set("c", {})], ["a>b", "a>c"]);
      definition.edges = definition.edges.map((edge) => ({ ...edge, when: edge.to === "b" ? "{{ steps.a.output.n > 3 }}" : "{{ steps.a.output.n > 7 }}" }));
      expect((await suite.run(definition)).steps).toEqual({ a: "succeeded", b: "succeeded" });
    });

    test("a join all gives the outputs of what was taken", async () => {
      const run = await suite.run(workflow([set("a", { v: 1 }), set("b", { v: 2 }), node("j", "join")], ["a>j", "b>j"]));
      expect(run.output).toEqual({ a: { v: 1 }, b: { v: 2 } });
    });

    test("skipIf and disabled: not executed, output null, the edge is taken", async () => {
      const nodes = [set("a", { v: 1 }, { skipIf: "{{ input.skip }}" }), set("b", { v: 1 }, { disabled: true }), set("c", { a: "{{ steps.a.output }}", status: "{{ steps.b.status }}" })];
      const run = await suite.run(workflow(nodes, ["a>b", "b>c"]), { skip: true });
      expect(run).toMatchObject({ output: { a: null, status: "skipped" }, steps: { a: "skipped", b: "skipped", c: "succeeded" } });
    });

    test("stop ends the run with its output", async () => {
      const run = await suite.run(workflow([set("a", {}), node("s", "stop", { config: { output: "done {{ input.n }}" } }), set("later", {})], ["a>s", "s>later"]), { n: 1 });
      expect(run).toMatchObject({ status: "succeeded", output: "done 1", steps: { a: "succeeded", s: "succeeded" } });
    });

    test("the output template sees every step; its schema is checked", async () => {
      const nodes = [set("a", { n: 1 }), set("b", { n: 2 })];
      const output = { sum: "{{ steps.a.output.n + steps.b.output.n }}" };
      expect((await suite.run(workflow(nodes, [], { output }))).output).toEqual({ sum: 3 });
      const refused = await suite.run(workflow(nodes, [], { output, outputSchema: { properties: { sum: { type: "string" } } } }));
      expect(refused).toMatchObject({ status: "failed", error: { code: "invalid_output" } });
    });

    test("vars are those of the run's start", async () => {
      suite.world.variables = { greeting: "hello" };
      suite.world.probes.set("rename", () => {
        suite.world.variables = { greeting: "changed" };
        return { type: "succeeded", output: null };
      });
      const run = await suite.run(workflow([probe("a", { call: "rename" }), set("b", { text: "{{ vars.greeting }} {{ run.id }}" })], ["a>b"]));
      expect(run.output).toEqual({ text: `hello ${run.id}` });
    });

    test("secrets reach the runner and nothing that is stored", async () => {
      suite.world.secrets.set("TOKEN", "s3cret-value-42");
      let seen = "";
      suite.world.probes.set("send", async (ctx) => {
        seen = await ctx.secret(ctx.config.value as string);
        ctx.log("info", `sending ${seen}`);
        // A line is cut at 16,384 characters: in the middle of the secret.
        ctx.log("info", `${"x".repeat(16_374)}s3cret-value-42`);
        return { type: "failed", error: { code: "http_status", message: `refused ${seen}` }, retryable: false };
      });
      const run = await suite.run(workflow([probe("a", { call: "send", value: "Bearer {{ secrets.TOKEN }}" })]));
      expect(seen).toBe("Bearer s3cret-value-42");
      const stored = JSON.stringify([await suite.harness.steps(run.id), await suite.harness.logs(run.id), run.error]);
      expect(stored).not.toContain("s3cret");
      expect(stored).toContain("TOKEN");
    });

    test("large payloads go to the payload store and come back whole", async () => {
      const text = "x".repeat(300_000);
      suite.world.probes.set("large", () => ({ type: "succeeded", output: { text } }));
      const run = await suite.run(workflow([probe("a", { call: "large" }), set("b", { size: "{{ steps.a.output.text.length }}" })], ["a>b"]));
      expect(run.output).toEqual({ size: 300_000 });
      expect((await suite.harness.steps(run.id)).find((row) => row.path === "a")?.output).toMatch(/^\{"\$blob":/);
    });

    test("cache: a second run takes the stored output", async () => {
      let calls = 0;
      suite.world.probes.set("count", () => ({ type: "succeeded", output: ++calls }));
      const definition = workflow([probe("a", { call: "count" }, { cache: { key: "{{ input.key }}", ttlSeconds: 60, scope: "workspace" } })]);
      expect((await suite.run(definition, { key: "k1" })).output).toBe(1);
      expect((await suite.run(definition, { key: "k1" })).output).toBe(1);
      expect((await suite.run(definition, { key: "k2" })).output).toBe(2);
    });

    test("cache: without a scope a result belongs to its step in its workflow; who may not read the workspace's runs shares nothing", async () => {
      let calls = 0;
      suite.world.probes.set("counted", () => ({ type: "succeeded", output: ++calls }));
      const cached = (scope?: "workspace") => ({ cache: { key: "fixed", ttlSeconds: 60, ...(scope === undefined ? {} : { scope }) } });
      const own = workflow([probe("a", { call: "counted" }, cached()), probe("b", { call: "counted" }, cached())], ["a>b"], { output: "{{ [steps.a.output, steps.b.output] }}" });
      const { workflowId } = suite.world;
      expect((await suite.run(own, {}, { workflowId })).output).toEqual([1, 2]);
      expect((await suite.run(own, {}, { workflowId })).output).toEqual([1, 2]);
      const shared = workflow([probe("a", { call: "counted" }, cached("workspace"))]);
      expect((await suite.run(shared, {}, { workflowId })).output).toBe(3);
      expect((await suite.run(shared, {}, { workflowId })).output).toBe(3);
      const { ask } = suite.world.ports.identity;
      suite.world.ports.identity.ask = async () => "no";
      const identity = JSON.stringify({ type: "user", id: workflowId, name: "Ada", roles: ["operator"], permissions: ["run:start"] });
      expect((await suite.run(shared, {}, { workflowId, identity })).output).toBe(4);
      suite.world.ports.identity.ask = ask;
    });

    test("cache: tests leave nothing to production, and a changed setup takes nothing of the earlier one", async () => {
      let calls = 0;
      suite.world.probes.set("counting", () => ({ type: "succeeded", output: ++calls }));
      suite.world.probes.set("forged", () => ({ type: "succeeded", output: "forged" }));
      const { workflowId } = suite.world;
      const cached = (call: string) => workflow([probe("mine", { call }, { cache: { key: "the same", ttlSeconds: 60 } })]);
      expect((await suite.run(cached("counting"), {}, { workflowId, mode: "test" })).output).toBe(1);
      expect((await suite.run(cached("counting"), {}, { workflowId })).output).toBe(2);
      expect((await suite.run(cached("forged"), {}, { workflowId })).output).toBe("forged");
      expect((await suite.run(cached("counting"), {}, { workflowId })).output).toBe(2);
    });

    test("pins take a node's place in test runs only; partial runs stop where they are told", async () => {
      const definition = workflow([probe("a"), set("b", { got: "{{ steps.a.output }}" }), set("c", {})], ["a>b", "b>c"]);
      const pinned = await suite.run(definition, {}, { mode: "test", options: { pins: { a: "pinned" }, untilNode: "b" } });
      expect(pinned).toMatchObject({ output: { got: "pinned" }, steps: { a: "succeeded", b: "succeeded" } });
      expect((await suite.run(definition, {}, { options: { pins: { a: "pinned" } } })).value("b")).toEqual({ got: null });
      const only = await suite.run(definition, {}, { mode: "test", options: { onlyNode: { id: "b", scope: { steps: { a: { output: 7, status: "succeeded", error: null } } } } } });
      expect(only).toMatchObject({ output: { got: 7 }, steps: { b: "succeeded" } });
    });

    test("partial runs reach into containers: up to a step in a loop with what leads there, or that step alone with the scope it is given", async () => {
      const nodes = [
        set("a", { v: 1 }),
        node("each", "forEach", { config: { items: [10, 20], mode: "sequential" } }),
        set("b", { v: "{{ item + steps.a.output.v }}" }, inside("each", "body")),
        set("c", { v: "{{ steps.b.output.v + index }}" }, inside("each", "body")),
        set("d", {}, inside("each", "body")),
        set("aside", {}, inside("each", "body")),
        set("z", {}),
      ];
      const definition = workflow(nodes, ["a>each", "b>c", "c>d", "each>z"]);
      const until = await suite.run(definition, {}, { mode: "test", options: { untilNode: "c" } });
      expect(until).toMatchObject({ status: "succeeded", steps: { a: "succeeded", each: "succeeded", "each[0]/b": "succeeded", "each[0]/c": "succeeded", "each[1]/c": "succeeded" } });
      expect(Object.keys(until.steps).filter((path) => /(^|\/)(d|aside|z)$/.test(path))).toEqual([]);
      expect(until.value("each[1]/c")).toEqual({ v: 22 });
      const only = await suite.run(definition, {}, { mode: "test", options: { onlyNode: { id: "c", scope: { steps: { b: { output: { v: 5 }, status: "succeeded", error: null } }, item: 20, index: 1 } } } });
      expect(only).toMatchObject({ status: "succeeded", output: { v: 6 }, steps: { c: "succeeded" } });
      const inner = workflow([node("each", "forEach", { config: { items: [10, 20] } }), node("again", "while", { config: { condition: "{{ index < 2 }}", result: "{{ steps.x.output.v }}" }, ...inside("each", "body") }), set("x", { v: "{{ item + index }}" }, inside("again", "body"))]);
      expect((await suite.run(inner, {}, { mode: "test", options: { onlyNode: { id: "again", scope: { item: 20, index: 1 } } } })).output).toBe(21);
    });

    test("logs are kept up to the cap, and the rest is said", async () => {
      suite.world.probes.set("chatty", (ctx) => {
        for (let line = 0; line < 30; line++) ctx.log("info", `line ${line}`);
        return { type: "succeeded", output: null };
      });
      const run = await suite.run(workflow([probe("a", { call: "chatty" })]), {}, {}, { settings: { maxLogLines: 10 } });
      const logs = await suite.harness.logs(run.id);
      expect(logs).toHaveLength(11);
      expect(logs.at(-1)).toMatchObject({ level: "warn", message: expect.stringContaining("20 more lines") as string });
    });

    test("fields of a log line that are too large for a row are a file of the run, and lines keep their order", async () => {
      const large = { text: "x".repeat(2_000) };
      suite.world.probes.set("telling", (ctx) => {
        ctx.log("info", "before", { small: 1 });
        ctx.log("info", "large", large);
        ctx.log("info", "after", { small: 2 });
        return { type: "succeeded", output: null };
      });
      const run = await suite.run(workflow([probe("a", { call: "telling" })]), {}, {}, { settings: { inlineMaxBytes: 1_000 } });
      const logs = await suite.harness.logs(run.id);
      expect(logs.map(({ message }) => message)).toEqual(["before", "large", "after"]);
      const [before, file, after] = logs.map(({ fields }) => JSON.parse(fields ?? "null") as Record<string, unknown>);
      expect([before, after]).toEqual([{ small: 1 }, { small: 2 }]);
      expect(file).toEqual({ $file: { id: expect.any(String) as string, name: "fields.json", mediaType: "application/json", size: JSON.stringify(large).length } });
      expect(JSON.parse(suite.world.blobs.get((file as { $file: { id: string } }).$file.id) ?? "")).toEqual(large);
    });
  });
}
