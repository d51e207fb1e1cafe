import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { v7 } from "uuid";
import type { DefinitionInput } from "@/server/engine/definition";
import { definitionSchema } from "@/server/engine/definition";
import { decodeValue } from "@/server/expressions/decoding";
import { inside, node, probe, workflow } from "@/server/testing/conformance/shorthand";
import { MemoryStore } from "@/server/testing/memory-store";
import { WorkerWorld } from "@/server/testing/worker-world";
import { compileWorkflow } from "@/server/worker/compiled-workflow";
import { Pacer } from "@/server/worker/pacer";
import { DEFAULT_SETTINGS } from "@/server/worker/ports";
import { RunContext } from "@/server/worker/run-context";
import { NOTHING_LEFT } from "@/server/worker/ended-attempts";
import { RunSession } from "@/server/worker/session";
import { Slots } from "@/server/worker/slots";
import { WorkflowCache } from "@/server/worker/workflow-cache";

let world: WorkerWorld;
beforeAll(() => {
  world = new WorkerWorld();
});
afterAll(() => world.close());

/** Runs a definition in a session that the test sees into. */
async function run(definition: DefinitionInput, watch: (session: RunSession) => void = () => {}): Promise<{ session: RunSession; output: unknown }> {
  const store = new MemoryStore();
  const run = world.newRun(world.define(definition));
  await store.enqueue([run]);
  const [claim] = await store.claim({ workerId: v7(), pools: ["default"], limit: 1 });
  const context = { store, ports: world.ports, workflows: new WorkflowCache(world.ports), settings: DEFAULT_SETTINGS, clock: { now: () => Date.now() }, report: () => {} };
  const compiled = compileWorkflow(definitionSchema.parse(definition), world.ports.kinds);
  const session = new RunSession(new RunContext(claim!, compiled, context), { slots: new Slots(10), pacer: new Pacer(), claimedAt: performance.now(), refused: new Map(), ...NOTHING_LEFT, progressed: () => {}, serves: () => false });
  watch(session);
  await session.start();
  await session.ended;
  return { session, output: decodeValue(store.runs.get(run.id)?.finish?.output ?? "null") };
}

describe("what a session keeps in memory", () => {
  test("of the iterations of a while loop is the last one's result", async () => {
    const seen: number[] = [];
    let current: RunSession | undefined;
    world.probes.set("count", ({ config }) => {
      const index = config.value as number;
      seen.push(Array.from({ length: 50 }, (_, i) => current?.run.values.get(`loop[${i}]`)).filter((values) => values !== undefined).length);
      return { type: "succeeded", output: index + 1 };
    });
    const loop = node("loop", "while", { config: { condition: "{{ index < 50 }}" } });
    const definition = workflow([loop, probe("x", { call: "count", value: "{{ (previous ?? 0) }}" }, inside("loop", "body"))]);
    expect((await run(definition, (session) => (current = session))).output).toBe(50);
    expect(Math.max(...seen)).toBeLessThanOrEqual(2);
  });

  test("of iterations that were left through a container is nothing", async () => {
    const nodes = [
      node("loop", "forEach", { config: { items: "{{ [1, 2, 3] }}" } }),
      node("pick", "ifElse", { ...inside("loop", "body"), config: { condition: "{{ true }}" } }),
      node("next", "continue", { ...inside("pick", "then"), config: { output: "{{ item * 2 }}" } }),
    ];
    const { session, output } = await run(workflow(nodes));
    expect(output).toEqual([2, 4, 6]);
    expect([0, 1, 2].map((index) => session.run.takeOutput(`loop[${index}]/pick/next`))).toEqual([undefined, undefined, undefined]);
  });
});
