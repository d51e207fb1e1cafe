import { describe, expect, test } from "vitest";
import { node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { until, type Conformance } from "@/server/testing/conformance/suite";
import type { DefinitionInput } from "@/server/engine/definition";

type Settings = NonNullable<DefinitionInput["nodes"][number]["concurrency"]>;

/** What a step does that finds no place under the limit of its node. */
export function describeFullNodes(suite: Conformance): void {
  const goOf = (runId: string) => ({ runId, kind: "signal", path: null, attempt: null, name: "go", payload: "1", key: "go" }) as const;
  const waiting = (concurrency: Settings) => node("w", "wait.signal", { config: { signal: "go" }, concurrency });
  /** Starts runs of one version, each when it is asked. */
  const starting = (definition: DefinitionInput) => {
    const versionId = suite.world.define(definition);
    const { workflowId } = suite.world;
    return async (more: { mode?: "test" } = {}): Promise<string> => {
      const run = suite.world.newRun(versionId, {}, { workflowId, ...more });
      await suite.store.enqueue([run]);
      return run.id;
    };
  };
  /** Status of the step's last attempt, and the code of its error. */
  const stepOf = async (runId: string, path: string) => {
    const { steps, value } = await suite.finished(runId);
    return [steps[`${path}#2`] ?? steps[path], (value(path, "error") as { code: string } | null)?.code];
  };

  describe("a full limit of a node", () => {
    test("skips the new step: what comes after it alone is not executed, and the run goes on otherwise", async () => {
      suite.worker();
      const start = starting(workflow([waiting({ limit: 1, whenFull: "skip" }), set("after", {}), set("beside", {})], ["w>after"]));
      const first = await start();
      await suite.untilState(first, "waiting");
      const second = await start();
      expect(await stepOf(second, "w")).toEqual(["skipped", "concurrency_limit"]);
      expect(await stepOf(second, "beside")).toEqual(["succeeded", undefined]);
      expect((await stepOf(second, "after"))[0]).not.toBe("succeeded");
      expect((await suite.finished(second)).status).toBe("succeeded");
      await suite.store.send(goOf(first));
      expect(await stepOf(first, "after")).toEqual(["succeeded", undefined]);
    });

    test("fails the new step, which takes its way", async () => {
      suite.worker();
      const start = starting(workflow([waiting({ limit: 1, whenFull: "cancelNew" })]));
      const first = await start();
      await suite.untilState(first, "waiting");
      const second = await start();
      expect(await stepOf(second, "w")).toEqual(["failed", "concurrency_limit"]);
      expect((await suite.finished(second)).status).toBe("failed");
      await suite.store.send(goOf(first));
      expect((await suite.finished(first)).status).toBe("succeeded");
    });

    test("ends the oldest for the newest, whether it waits for an answer or stands in line", async () => {
      suite.worker();
      const start = starting(workflow([waiting({ limit: 1, whenFull: "cancelOldest" })]));
      const runs = [await start()];
      await suite.untilState(runs[0]!, "waiting");
      for (let n = 0; n < 3; n++) {
        const next = await start();
        await until("it to have asked", async () => ((await suite.harness.logs(next)).some(({ message }) => message.startsWith("waits for a place")) ? true : null));
        runs.push(next);
      }
      for (const run of runs.slice(0, 3)) expect(await stepOf(run, "w")).toEqual(["failed", "gave_way"]);
      const newest = runs[3]!;
      await suite.store.send(goOf(newest));
      expect((await suite.finished(newest)).status).toBe("succeeded");
    });

    test("ends one that is at work, and does not attempt it again", async () => {
      suite.worker();
      let begun = 0;
      suite.world.probes.set("long", async ({ signal }) => {
        begun += 1;
        if (begun > 1) return { type: "succeeded", output: "new" };
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
      });
      const start = starting(workflow([probe("a", { call: "long" }, { concurrency: { limit: 1, whenFull: "cancelOldest" }, retry: { maxAttempts: 3, delaySeconds: 0.01 } })]));
      const first = await start();
      await until("the first to be at work", () => (begun === 1 ? true : null));
      const second = await start();
      expect(await stepOf(first, "a")).toEqual(["failed", "gave_way"]);
      expect((await suite.finished(second)).status).toBe("succeeded");
      expect(begun).toBe(2);
    });

    test("cancels the child run of a step that gives way", async () => {
      suite.worker();
      suite.world.define(workflow([node("w", "wait.signal", { config: { signal: "go" } })]), "waits-below");
      const start = starting(workflow([node("s", "subworkflow", { config: { workflow: "waits-below" }, concurrency: { limit: 1, whenFull: "cancelOldest" } })]));
      const first = await start();
      const [firstChild] = await until("the child to be there", async () => ((await suite.harness.children(first)).length > 0 ? suite.harness.children(first) : null));
      await suite.untilState(firstChild!, "waiting");
      await start();
      expect(await stepOf(first, "s")).toEqual(["failed", "gave_way"]);
      expect((await suite.finished(firstChild!)).status).toBe("cancelled");
    });

    test("ends nothing of production for a test", async () => {
      suite.worker();
      const start = starting(workflow([waiting({ limit: 1, whenFull: "cancelOldest" })]));
      const production = await start();
      await suite.untilState(production, "waiting");
      const tests = [await start({ mode: "test" })];
      await suite.untilState(tests[0]!, "waiting");
      tests.push(await start({ mode: "test" }));
      expect(await stepOf(tests[0]!, "w")).toEqual(["failed", "gave_way"]);
      await suite.store.send(goOf(production));
      expect((await suite.finished(production)).status).toBe("succeeded");
    });
  });
}
