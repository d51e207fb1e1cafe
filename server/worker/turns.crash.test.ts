import { afterAll, afterEach, describe, expect, test } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import type { DefinitionInput } from "@/server/engine/definition";
import { CrashScene, CrashWorker } from "@/server/worker/testing/crash-scene";

type Node = DefinitionInput["nodes"][number];

/** A limited step that everything leads through. */
const through = (limits: Partial<Node>): DefinitionInput => ({
  schema: 1,
  nodes: [
    { id: "first", kind: "set", config: { values: { n: "{{ input.n }}" } } },
    { id: "call", kind: "effect", config: { value: ["{{ steps.first.output.n }}"], ms: 5 }, ...limits },
    { id: "last", kind: "set", config: { values: { got: "{{ steps.call.output }}" } } },
  ],
  edges: [{ from: "first", to: "call" }, { from: "call", to: "last" }],
  output: "{{ steps.last.output }}",
});

describe("a worker that dies with a step at its limits", () => {
  const workers: CrashWorker[] = [];
  const start = (variables?: Record<string, string>): CrashWorker => {
    const worker = new CrashWorker(variables);
    workers.push(worker);
    return worker;
  };
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
  afterAll(closeConnections);

  const left = async ({ workspaceId }: CrashScene): Promise<number> => (await sharedPool().query("SELECT FROM step_turn WHERE workspace_id = $1", [workspaceId])).rowCount ?? 0;
  const granted = async ({ workspaceId }: CrashScene): Promise<number> =>
    (await sharedPool().query<{ count: number }>("SELECT cardinality(starts) AS count FROM flow_window WHERE workspace_id = $1 AND key LIKE 'step rate %'", [workspaceId])).rows[0]?.count ?? 0;

  // Between the grant and the journal, between the journal and the end of the wait, between the turn and the start.
  test.each(["after-later", "after-later:2", "before-release", "after-release", "after-turn", "after-turn:3", "after-started-row:2"])("at %s, leaves each its one turn", async (point) => {
    const scene = await CrashScene.open();
    await scene.publish("throttled", through({ rateLimit: { limit: 100, periodSeconds: 3_600 }, throttle: { limit: 1, periodSeconds: 1 } }));
    const ids = await scene.start("throttled", 4);
    const victim = start({ MILLRACE_CRASH_POINT: point });
    expect(await victim.exited, victim.errors.join("\n")).toBe("SIGKILL");
    start();
    await scene.untilAllFinished();
    await scene.expectUndisturbed(ids, (n) => ({ got: [n] }));
    expect(await left(scene)).toBe(0);
    expect(await granted(scene)).toBe(4);
  }, 150_000);

  // Between standing in line and the journal, between the place and the start, between the end and whoever is told of the place.
  test.each(["after-later", "after-later:3", "before-release:2", "after-release", "after-turn", "after-turn:3", "after-started-row:2", "before-flush:6", "after-flush:6"])("at %s, leaves each a place of its own", async (point) => {
    const scene = await CrashScene.open();
    await scene.publish("in-line", through({ concurrency: { limit: 2 } }));
    const ids = await scene.start("in-line", 12);
    const victim = start({ MILLRACE_CRASH_POINT: point });
    expect(await victim.exited, victim.errors.join("\n")).toBe("SIGKILL");
    start();
    await scene.untilAllFinished();
    await scene.expectUndisturbed(ids, (n) => ({ got: [n] }));
    expect((await sharedPool().query("SELECT FROM step_place WHERE workspace_id = $1", [scene.workspaceId])).rowCount).toBe(0);
  }, 150_000);

  test.each(["after-later", "after-later:3", "after-turn", "before-flush:2"])("at %s, loses nothing of what was put together", async (point) => {
    const scene = await CrashScene.open();
    await scene.publish("debounced", through({ debounce: { seconds: 3_600, maxCount: 4, mergeField: "value" } }));
    const ids = await scene.start("debounced", 4);
    const victim = start({ MILLRACE_CRASH_POINT: point });
    expect(await victim.exited, victim.errors.join("\n")).toBe("SIGKILL");
    start();
    await scene.untilAllFinished();
    const { rows } = await sharedPool().query<{ status: string; output: unknown[] | null }>("SELECT status, output FROM step_run WHERE run_id = ANY ($1) AND path = 'call' ORDER BY status", [ids]);
    expect(rows.map(({ status }) => status)).toEqual(["skipped", "skipped", "skipped", "succeeded"]);
    expect(rows[3]?.output?.toSorted()).toEqual([0, 1, 2, 3]);
    expect(await left(scene)).toBe(0);
  }, 150_000);
});
