import { describe, expect, test } from "vitest";
import { Gate } from "@/server/testing/worker-world";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import type { Conformance } from "@/server/testing/conformance/suite";

export function describeContainers(suite: Conformance): void {
  describe("containers", () => {
    test("forEach: ordered results, item and index, one row per iteration", async () => {
      const loop = node("loop", "forEach", { config: { items: "{{ input.items }}", mode: "parallel", limit: 3 } });
      const run = await suite.run(workflow([loop, set("x", { v: "{{ item * 10 + index }}" }, inside("loop", "body"))]), { items: [5, 6, 7, 8] });
      expect(run.output).toEqual([{ v: 50 }, { v: 61 }, { v: 72 }, { v: 83 }]);
      expect(run.steps).toMatchObject({ loop: "succeeded", "loop[2]": "succeeded", "loop[2]/x": "succeeded" });
      expect(run.value("loop[1]", "input")).toEqual({ index: 1, item: 6 });
    });

    test("forEach: result per iteration, continueOnItemError leaves null", async () => {
      const loop = node("loop", "forEach", { config: { items: [1, 0, 2], continueOnItemError: true, result: "{{ steps.x.output.v }}" } });
      const fail = node("bad", "fail", { config: { message: "no {{ item }}" }, ...inside("loop", "body") });
      const pick = node("pick", "if", { config: { condition: "{{ item > 0 }}" }, ...inside("loop", "body") });
      const run = await suite.run(workflow([loop, pick, set("x", { v: "{{ item }}" }, inside("loop", "body")), fail], ["pick.true>x", "pick.false>bad"]));
      expect(run).toMatchObject({ status: "succeeded", output: [1, null, 2], steps: { "loop[1]": "failed" } });
    });

    test("break ends a sequential loop, continue gives the iteration's output", async () => {
      const body = inside("loop", "body");
      const loop = node("loop", "forEach", { config: { items: [1, 2, 3, 4, 5] } });
      const choose = node("choose", "switch", { config: { value: "{{ item }}", cases: [{ name: "two", equals: 2 }, { name: "four", equals: 4 }] }, ...body });
      const go = node("go", "continue", { config: { output: "went on" }, ...body });
      const out = node("out", "break", { config: { output: "left" }, ...body });
      const run = await suite.run(workflow([loop, choose, go, out, set("x", { v: "{{ item }}" }, body)], ["choose.two>go", "choose.four>out", "choose.default>x"]));
      expect(run.output).toEqual([{ v: 1 }, "went on", { v: 3 }, "left"]);
    });

    test("while: previous and index, the last result is the output", async () => {
      const loop = node("loop", "while", { config: { condition: "{{ index < 3 }}", result: "{{ (previous ?? 1) * 2 }}" } });
      const run = await suite.run(workflow([loop, set("x", {}, inside("loop", "body")), set("after", { got: "{{ steps.loop.output }}" })], ["loop>after"]));
      expect(run.output).toEqual({ got: 8 });
      const capped = await suite.run(workflow([node("loop", "while", { config: { condition: "{{ true }}", maxIterations: 5 } }), set("x", {}, inside("loop", "body"))]));
      expect(capped).toMatchObject({ status: "failed", error: { code: "iteration_cap" } });
    });

    test("ifElse, switchCase and parallel give what their slots make", async () => {
      const nodes = [
        node("fork", "parallel", { config: { branches: 2 } }),
        node("choice", "ifElse", { config: { condition: "{{ input.go }}" }, ...inside("fork", "branch:0") }),
        set("yes", { v: "yes" }, inside("choice", "then")),
        set("no", { v: "no" }, inside("choice", "else")),
        node("kind", "switchCase", { config: { value: "{{ input.kind }}", cases: [{ name: "a", equals: { k: 1, l: 0 } }], result: "{{ steps.chosen.output.v }}!" }, ...inside("fork", "branch:1") }),
        set("chosen", { v: "case a" }, inside("kind", "case:a")),
      ];
      const run = await suite.run(workflow(nodes), { go: false, kind: { l: -0, k: 1 } });
      expect(run.output).toEqual({ choice: { v: "no" }, kind: "case a!" });
    });

    test("item is of the nearest forEach and previous of the nearest while, index of the nearest loop", async () => {
      const nodes = [
        node("each", "forEach", { config: { items: ["a", "b"], result: "{{ steps.again.output }}" } }),
        node("again", "while", { config: { condition: "{{ item !== 'b' && index < 2 }}", result: "{{ steps.x.output.t }}" }, ...inside("each", "body") }),
        set("x", { t: "{{ `${item}${index}${loops.each.index}${previous ?? '-'}` }}" }, inside("again", "body")),
        node("while", "while", { config: { condition: "{{ index < 2 }}", result: "{{ steps.inner.output }}" } }),
        node("inner", "forEach", { config: { items: ["c", "d"], result: "{{ steps.y.output.t }}" }, ...inside("while", "body") }),
        set("y", { t: "{{ `${item}${index}${loops.while.index}${previous === null ? '-' : previous.length}` }}" }, inside("inner", "body")),
      ];
      const run = await suite.run(workflow(nodes, ["each>while"], { output: "{{ [steps.each.output, steps.while.output] }}" }));
      expect(run.error).toBeNull();
      expect(run.output).toEqual([["a10a00-", null], ["c012", "d112"]]);
    });

    test("nested loops see the outer item and the outer steps", async () => {
      const nodes = [
        set("base", { n: 100 }),
        node("outer", "forEach", { config: { items: [1, 2] } }),
        set("o", { v: "{{ item }}" }, inside("outer", "body")),
        node("inner", "forEach", { config: { items: ["a", "b"], mode: "parallel" }, ...inside("outer", "body") }),
        set("x", { t: "{{ loops.outer.item }}{{ item }}{{ steps.o.output.v }}{{ steps.base.output.n }}" }, inside("inner", "body")),
      ];
      const run = await suite.run(workflow(nodes, ["base>outer", "o>inner"], { output: "{{ steps.outer.output }}" }));
      expect(run.output).toEqual([
        [{ t: "1a1100" }, { t: "1b1100" }],
        [{ t: "2a2100" }, { t: "2b2100" }],
      ]);
    });

    test("tryCatch: the handler sees the error, finally always runs", async () => {
      const nodes = [
        node("try", "tryCatch", { config: { result: { caught: "{{ steps.handler.output.code }}", done: "{{ steps.last.output.seen }}" } } }),
        node("bad", "fail", { config: { message: "broken", code: "my_code" }, ...inside("try", "body") }),
        set("handler", { code: "{{ error.code }}", same: "{{ steps.try.error.message }}" }, inside("try", "catch")),
        set("last", { seen: "{{ error.message }}" }, inside("try", "finally")),
      ];
      const run = await suite.run(workflow(nodes));
      expect(run).toMatchObject({ status: "succeeded", output: { caught: "my_code", done: "broken" }, steps: { "try/bad": "failed", "try/handler": "succeeded", "try/last": "succeeded", try: "succeeded" } });
      expect(run.value("try/handler")).toEqual({ code: "my_code", same: "broken" });
    });

    test("stop inside nested containers passes finally and gives the run its output", async () => {
      const nodes = [
        node("loop", "forEach", { config: { items: [1, 2, 3] } }),
        node("try", "tryCatch", inside("loop", "body")),
        node("end", "stop", { config: { output: { at: "{{ item }}" } }, ...inside("try", "body") }),
        probe("clean", {}, inside("try", "finally")),
      ];
      const run = await suite.run(workflow(nodes));
      expect(run).toMatchObject({ status: "succeeded", output: { at: 1 }, steps: { "loop[0]/try/clean": "succeeded" } });
      expect(Object.keys(run.steps)).not.toContain("loop[1]");
    });

    test("a failing item cancels its siblings; a container's error can be routed", async () => {
      const began = new Gate();
      const aborted = new Gate<string>();
      suite.world.probes.set("hang", (ctx) => {
        began.open();
        return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => {
          aborted.open("aborted");
          reject(new Error("aborted"));
        }));
      });
      suite.world.probes.set("break", async () => {
        await began.opened;
        return { type: "failed", error: { code: "broken", message: "x" }, retryable: false };
      });
      const nodes = [
        node("fork", "parallel", { config: { branches: 2 }, onError: "route" }),
        probe("slow", { call: "hang" }, inside("fork", "branch:0")),
        probe("bad", { call: "break" }, inside("fork", "branch:1")),
        set("rescue", { message: "{{ steps.fork.error.message }}" }),
      ];
      const run = await suite.run(workflow(nodes, ["fork.error>rescue"], { output: "{{ steps.rescue.output }}" }));
      expect(run).toMatchObject({ status: "succeeded", output: { message: "x" }, steps: { "fork/slow": "cancelled", fork: "failed" } });
      expect(await aborted.opened).toBe("aborted");
    });

    test("ten thousand iterations", async () => {
      const items = Array.from({ length: 10_000 }, (_, index) => index);
      const loop = node("loop", "forEach", { config: { items: "{{ input.items }}", mode: "parallel", limit: 50, result: "{{ steps.x.output.v }}" } });
      const run = await suite.run(workflow([loop, set("x", { v: "{{ item + 1 }}" }, inside("loop", "body"))]), { items });
      expect(run.output).toEqual(items.map((item) => item + 1));
    });
  });
}
