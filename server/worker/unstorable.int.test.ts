import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { encodeValue } from "@/server/expressions/encoding";
import { node, probe, set, waitFor, workflow } from "@/server/testing/conformance/shorthand";
import { until } from "@/server/testing/conformance/suite";
import { openStoredWorld, type StoredWorld } from "@/server/worker/testing/stored-world";

let stored: StoredWorld;
let scene: StoredWorld["scene"];
let world: StoredWorld["world"];
let variables = 0;

beforeAll(async () => {
  stored = await openStoredWorld({ prepare: ({ ports }) => (ports.variables = async () => ({ n: ++variables })) });
  ({ scene, world } = stored);
});
afterEach(() => {
  variables = 0;
});
afterAll(() => stored.close());

const start: StoredWorld["start"] = (definition) => stored.start(definition);

function finished(id: string): Promise<{ status: string; output: unknown; error: unknown; reason: string | null }> {
  return until(`run ${id} to end`, async () => {
    const [run] = await scene.rows<{ status: string; output: unknown; error: unknown; reason: string | null }>("select status, output, error, termination_reason as reason from run where id = $1 and finished_at is not null", id);
    return run ?? null;
  });
}

describe("what PostgreSQL cannot store", () => {
  test("fails the step that made it, and the run goes on with the variables it has seen", async () => {
    const nodes = [
      set("a", { n: "{{ vars.n }}" }),
      probe("e"),
      node("w", "wait.signal", { config: { signal: "{{ 'a\\u0000b' }}" }, onError: "route" }),
      set("b", { n: "{{ vars.n }}", code: "{{ steps.w.error.code }}" }),
    ];
    const id = await start(workflow(nodes, ["a>e", "e>w", "w.error>b"], { output: "{{ [steps.a.output.n, steps.b.output.n, steps.b.output.code] }}" }));
    expect(await finished(id)).toMatchObject({ status: "succeeded", output: [1, 1, "unstorable_value"] });
  });

  test("fails the step that starts a run of a workflow that is gone: its error route and what stands around it see it", async () => {
    world.workflowId = newId();
    world.define(workflow([set("x", {})]), "gone");
    for (const wait of [true, false]) {
      const call = node("c", "subworkflow", { config: { workflow: "gone", wait }, onError: "route" });
      expect(await finished(await start(workflow([call, set("seen", { code: "{{ steps.c.error.code }}" })], ["c.error>seen"])))).toMatchObject({ status: "succeeded", output: { code: "child_refused" } });
    }
    const inTry = { parent: { id: "try", slot: "body" } };
    const id = await start(workflow([node("try", "tryCatch"), node("c", "subworkflow", { ...inTry, config: { workflow: "gone" } }), set("seen", { caught: true }, { parent: { id: "try", slot: "catch" } })]));
    expect(await finished(id)).toMatchObject({ status: "succeeded" });
  });

  test("does not keep a run from being cancelled", async () => {
    const id = await start(workflow([waitFor("never")]));
    await until("the run to wait", async () => ((await scene.state(id))[0]?.state === "waiting" ? true : null));
    await scene.store.send({ runId: id, kind: "cancel", path: null, attempt: null, name: null, payload: encodeValue({ source: "user", reason: "no\0more" }), key: "cancel" });
    expect(await finished(id)).toMatchObject({ status: "cancelled", reason: "no\uFFFDmore" });
  });
});
