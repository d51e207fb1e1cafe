import { describe, expect, test, vi } from "vitest";
import { node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import type { Conformance } from "@/server/testing/conformance/suite";
import { Gate } from "@/server/testing/worker-world";

export function describeFailures(suite: Conformance): void {
  describe("failures", () => {
    test("a failed step fails the run and names itself", async () => {
      const run = await suite.run(workflow([set("a", { v: "{{ input.missing.deeper }}" }), set("b", {})], ["a>b"]));
      expect(run).toMatchObject({ status: "failed", output: null, steps: { a: "failed" }, error: { code: "expression_error", nodeId: "a", path: "a", field: "/config/values/v" } });
    });

    test("a config that does not fit its kind names the field", async () => {
      const run = await suite.run(workflow([node("w", "delay", { config: { seconds: "{{ 'soon' }}" } })]));
      expect(run.error).toMatchObject({ code: "invalid_config", nodeId: "w", field: "/config/seconds" });
    });

    test("retries until an attempt succeeds; retryIf and maxAttempts end them", async () => {
      let calls = 0;
      suite.world.probes.set("third", () => (++calls < 3 ? { type: "failed", error: { code: "busy", message: `try ${calls}` }, retryable: true } : { type: "succeeded", output: calls }));
      const retry = { maxAttempts: 5, delaySeconds: 0.01, jitter: 0 };
      const run = await suite.run(workflow([probe("a", { call: "third" }, { retry })]));
      expect(run).toMatchObject({ status: "succeeded", output: 3, steps: { a: "failed", "a#2": "failed", "a#3": "succeeded" } });
      calls = 0;
      const picky = await suite.run(workflow([probe("a", { call: "third" }, { retry: { ...retry, retryIf: "attempt < 2 && error.code == 'busy'" } })]));
      expect(picky).toMatchObject({ status: "failed", error: { code: "busy" }, steps: { a: "failed", "a#2": "failed" } });
      calls = -10;
      expect((await suite.run(workflow([probe("a", { call: "third" }, { retry: { ...retry, maxAttempts: 2 } })]))).steps).toEqual({ a: "failed", "a#2": "failed" });
    });

    test("a condition on the way of an error that cannot be read ends no attempts that are left", async () => {
      let calls = 0;
      suite.world.probes.set("flaky", () => (++calls < 3 ? { type: "failed", error: { code: "timeout", message: "slow" }, retryable: true } : { type: "succeeded", output: calls }));
      const definition = (maxAttempts: number) => {
        const { edges, ...rest } = workflow([probe("a", { call: "flaky" }, { onError: "route", retry: { maxAttempts, delaySeconds: 0.01, jitter: 0 } }), set("missing", {})]);
        return { ...rest, edges: [...(edges ?? []), { from: "a", port: "error", to: "missing", when: "{{ steps.a.error.details.status === 404 }}" }] };
      };
      expect((await suite.run(definition(5))).steps).toEqual({ a: "failed", "a#2": "failed", "a#3": "succeeded" });
      calls = 0;
      expect(await suite.run(definition(2))).toMatchObject({ status: "failed", error: { code: "expression_error", nodeId: "a", cause: { code: "timeout" } }, steps: { a: "failed", "a#2": "failed" } });
    });

    test("a retry waits for as long as the other side asks, and there is none when that is longer than it may take", async () => {
      let calls = 0;
      suite.world.probes.set("busy", () => {
        calls += 1;
        return { type: "failed", error: { code: "busy", message: "later" }, retryable: true, retryAfterSeconds: 3_600 };
      });
      const retry = { maxAttempts: 3, delaySeconds: 0.001, jitter: 0 };
      suite.worker();
      const id = await suite.enqueue(workflow([probe("a", { call: "busy" }, { retry })]));
      await suite.untilState(id, "waiting");
      expect([calls, (await suite.harness.steps(id)).map(({ status }) => status)]).toEqual([1, ["failed"]]);
      await suite.store.send({ runId: id, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" });
      expect((await suite.finished(id)).status).toBe("cancelled");
      const hasty = await suite.run(workflow([probe("a", { call: "busy" }, { retry: { ...retry, maxElapsedSeconds: 60 } })]));
      expect(hasty).toMatchObject({ status: "failed", error: { code: "busy" }, steps: { a: "failed" } });
    });

    test("what a step streams once it is cancelled goes to nobody", async () => {
      const [began, over] = [new Gate(), new Gate()];
      suite.world.probes.set("talks", async (ctx) => {
        ctx.stream("before");
        began.open();
        await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
        ctx.stream("after");
        over.open();
        throw new Error("told to stop");
      });
      const said: string[] = [];
      const publish = vi.spyOn(suite.store, "publish").mockImplementation(({ chunk }) => void said.push(chunk));
      suite.worker();
      const id = await suite.enqueue(workflow([probe("a", { call: "talks" })]));
      await began.opened;
      await suite.store.send({ runId: id, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" });
      expect(await suite.finished(id)).toMatchObject({ status: "cancelled", steps: { a: "cancelled" } });
      await over.opened;
      publish.mockRestore();
      expect(said).toEqual(["before"]);
    });

    test("hostile expressions fail their steps, and neither the worker nor its other runs", async () => {
      const hostile = [
        "[].constructor.constructor('return process')().exit()",
        "({}).__proto__.polluted.deeper",
        "input.__proto__.polluted.deeper",
        "(() => { for (;;) {} })()",
        "new Array(1e9).fill(0)",
        "/(a+)+$/.test('a'.repeat(60) + 'b')",
      ];
      suite.worker();
      const plain = workflow([set("a", { n: "{{ input.n + [1].length }}" })]);
      const bad = await Promise.all(hostile.map((expression) => suite.enqueue(workflow([set("a", { v: `{{ ${expression} }}` })]))));
      const good = await Promise.all(Array.from({ length: 10 }, (_, n) => suite.enqueue(plain, { n })));
      for (const id of bad) {
        const run = await suite.finished(id);
        expect(run).toMatchObject({ status: "failed", steps: { a: "failed" }, error: { nodeId: "a", code: expect.stringMatching(/^expression_(error|timeout|memory)$/) as string } });
      }
      for (const [n, id] of good.entries()) expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: { n: n + 1 } });
      expect(await suite.finished(await suite.enqueue(plain, { n: 1 }))).toMatchObject({ status: "succeeded", output: { n: 2 } });
      expect("polluted" in {}).toBe(false);
    });

    test("a thrown exception is the step's failure, not the worker's", async () => {
      suite.world.probes.set("throw", () => {
        throw new TypeError("oops");
      });
      expect(await suite.run(workflow([probe("a", { call: "throw" })]))).toMatchObject({ status: "failed", error: { code: "unexpected_error", message: "oops" } });
      suite.world.probes.set("cyclic", () => {
        const output: Record<string, unknown> = {};
        output.self = output;
        return { type: "succeeded", output };
      });
      expect(await suite.run(workflow([probe("a", { call: "cyclic" })]))).toMatchObject({ status: "failed", error: { code: "unstorable_value" } });
    });

    test("an error too large for its row is a file of the run; its code stays where lists and alerts read it", async () => {
      const details = { body: "x".repeat(5_000) };
      suite.world.probes.set("large", () => ({ type: "failed", error: { code: "http_status", message: "m", details }, retryable: false }));
      const file = { $file: { name: "details.json", mediaType: "application/json", size: JSON.stringify(details).length } };
      const options = { settings: { inlineMaxBytes: 1_000 } };
      const run = await suite.run(workflow([probe("a", { call: "large" }, { onError: "route" }), node("b", "fail", { config: { message: "{{ steps.a.error.details.$file.id }}" } })], ["a.error>b"]), {}, {}, options);
      expect(run.error).toMatchObject({ code: "failed", nodeId: "b" });
      expect(JSON.parse(suite.world.blobs.get((run.error as { message: string }).message) ?? "")).toEqual(details);
      expect(await suite.run(workflow([probe("a", { call: "large" })]), {}, {}, options)).toMatchObject({ error: { code: "http_status", message: "m", nodeId: "a", details: file } });
      suite.world.probes.set("talkative", () => ({ type: "failed", error: { code: "c", message: "y".repeat(5_000) }, retryable: false }));
      const { error } = await suite.run(workflow([probe("a", { call: "talkative" })]), {}, {}, options);
      expect(error).toMatchObject({ code: "c", message: expect.stringMatching(/^y+… \(5000 characters; all of it is in the details\)$/) as string, details: { $file: { name: "error.json" } } });
    });

    test("an attempt that takes too long fails, also when its runner does not listen", async () => {
      suite.world.probes.set("deaf", () => new Promise(() => {}));
      const run = await suite.run(workflow([probe("a", { call: "deaf" }, { timeoutSeconds: 0.05 })]), {}, {}, { settings: { abortGraceMs: 20 } });
      expect(run).toMatchObject({ status: "failed", error: { code: "timeout", nodeId: "a" } });
    });

    test("onError continue goes on with null, route takes only the error port", async () => {
      const bad = (onError: "continue" | "route") => node("bad", "fail", { config: { message: "m" }, onError });
      const nodes = (onError: "continue" | "route") => [bad(onError), set("ok", { got: "{{ steps.bad.output }}", was: "{{ steps.bad.status }}" }), set("handle", { message: "{{ steps.bad.error.message }}" })];
      const edges = ["bad>ok", "bad.error>handle"];
      expect((await suite.run(workflow(nodes("continue"), edges))).value("ok")).toEqual({ got: null, was: "failed" });
      expect((await suite.run(workflow(nodes("route"), edges))).steps).toEqual({ bad: "failed", handle: "succeeded" });
    });

    test("a condition on an edge that throws is unhandled whatever onError says", async () => {
      const definition = workflow([set("a", {}, { onError: "continue" }), set("b", {})], ["a>b"]);
      definition.edges = definition.edges.map((edge) => ({ ...edge, when: "{{ input.x.y }}" }));
      expect(await suite.run(definition)).toMatchObject({ status: "failed", error: { field: "/when" }, steps: { a: "failed" } });
    });

    test("an unknown kind and a missing version end the run with a reason", async () => {
      expect(await suite.run(workflow([node("a", "no.such.kind")]))).toMatchObject({ status: "failed", error: { code: "unknown_kind" } });
      const run = suite.world.newRun("01900000-0000-7000-8000-000000000000");
      await suite.store.enqueue([run]);
      expect(await suite.finished(run.id)).toMatchObject({ status: "failed", error: { code: "version_missing" } });
    });

    test("a definition that cannot be carried out ends its run instead of being claimed for ever", async () => {
      const unplanned = node("l", "forEach", { config: { items: [], mode: "sideways" } });
      expect(await suite.run(workflow([unplanned]))).toMatchObject({ status: "failed", error: { code: "invalid_definition" } });
      const unread = node("s", "switchCase", { config: { value: 1 } });
      expect(await suite.run(workflow([unread]))).toMatchObject({ status: "failed", error: { code: "internal_error" } });
    });

    test("a run timeout ends the run as failed, and finally has run", async () => {
      suite.world.probes.set("hang", (ctx) => new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted")))));
      const nodes = [node("try", "tryCatch"), probe("slow", { call: "hang" }, { parent: { id: "try", slot: "body" } }), set("clean", {}, { parent: { id: "try", slot: "finally" } })];
      const run = await suite.run(workflow(nodes, [], { settings: { timeoutSeconds: 0.2 } }));
      expect(run).toMatchObject({ status: "failed", error: { code: "run_timeout" }, steps: { "try/slow": "cancelled", "try/clean": "succeeded" } });
    });
  });
}
