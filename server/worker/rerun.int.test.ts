import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { definitionSchema, type DefinitionInput } from "@/server/engine/definition";
import { decodeValue } from "@/server/expressions/decoding";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { rerun } from "@/server/runs/rerun";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { until } from "@/server/testing/conformance/suite";
import { makeMember, makeWorkspace } from "@/server/testing/factories";
import { WorkerWorld } from "@/server/testing/worker-world";
import { createWorker, type Worker } from "@/server/worker/worker";
import { hashDefinition } from "@/server/workflows/definition-hash";

const world = new WorkerWorld();
let scope: Scope;
let store: PgRunStore;
let worker: Worker;
let calls: string[] = [];
/** Probes that fail as long as they are named here. */
const broken = new Set<string>();

beforeAll(async () => {
  world.workspaceId = (await makeWorkspace()).id;
  scope = await openUserScope((await makeMember(world.workspaceId, "admin")).id, { id: world.workspaceId });
  store = new PgRunStore({ pool: sharedPool(), leaseSeconds: 30 });
  world.probes.set("call", ({ path, config }) => {
    calls.push(path);
    if (broken.has(path)) return { type: "failed", error: { code: "broken", message: path }, retryable: false };
    return { type: "succeeded", output: config.value ?? null };
  });
  worker = createWorker({ id: newId(), store, ports: world.ports, pollMs: 20 });
  worker.start();
});
afterEach(() => broken.clear());
afterAll(async () => {
  await worker.stop();
  await store.close();
  await world.close();
  await closeConnections();
});

const call = (id: string, more: Parameters<typeof probe>[2] = {}, value: unknown = null) => probe(id, { call: "call", value }, more);

async function publish(input: DefinitionInput): Promise<string> {
  const definition = definitionSchema.parse(input);
  const versionId = world.define(input);
  const workflowId = newId();
  await rawDb().workflow.create({ data: { id: workflowId, workspaceId: world.workspaceId, name: workflowId, slug: workflowId, draft: {} } });
  await rawDb().workflowVersion.create({
    data: { id: versionId, workspaceId: world.workspaceId, workflowId, number: 1, listed: true, definition: JSON.parse(JSON.stringify(definition)) as object, hash: hashDefinition(definition) },
  });
  return versionId;
}

async function finished(id: string): Promise<{ status: string; output: unknown; calls: string[] }> {
  const run = await until(`run ${id}`, () => rawDb().run.findFirst({ where: { id, finishedAt: { not: null } } }));
  return { status: run.status, output: run.output === null ? null : decodeValue(JSON.stringify(run.output)), calls: calls.splice(0).toSorted() };
}

async function start(input: DefinitionInput, given: unknown = {}): Promise<string> {
  calls = [];
  const run = world.newRun(await publish(input), given);
  await store.enqueue([run]);
  return run.id;
}

async function again(runId: string, fromPath: string): Promise<{ status: string; output: unknown; calls: string[]; id: string }> {
  calls = [];
  const { runId: id } = await rerun({ scope }, { runId, fromPath });
  return { id, ...(await finished(id)) };
}

describe("a re-run from a step", () => {
  test("repeats the step and what follows it, and keeps the rest with its values", async () => {
    const definition = workflow([call("a", {}, "{{ input.n }}"), call("b", {}, "{{ steps.a.output + 1 }}"), call("c", {}, "{{ steps.b.output + 1 }}"), call("side", {}, "s")], ["a>b", "b>c"], {
      output: "{{ [steps.a.output, steps.b.output, steps.c.output, steps.side.output] }}",
    });
    broken.add("b");
    const id = await start(definition, { n: 1 });
    expect(await finished(id)).toMatchObject({ status: "failed" });
    broken.clear();
    const second = await again(id, "b");
    expect(second).toMatchObject({ status: "succeeded", output: [1, 2, 3, "s"] });
    expect(second.calls).toEqual(expect.arrayContaining(["b", "c"]));
    expect(second.calls).not.toContain("a");
    expect(await again(second.id, "c")).toMatchObject({ output: [1, 2, 3, "s"], calls: ["c"] });
  });

  test("has what triggered the first run, as a whole re-run has", async () => {
    const definition = workflow([call("a", {}, "{{ trigger.body.n }}"), call("b", {}, "{{ [steps.a.output, trigger.body.n] }}")], ["a>b"]);
    const trigger = '{"body":{"n":12345678901234567890.5}}';
    const run = world.newRun(await publish(definition), {}, { trigger });
    await store.enqueue([run]);
    const { output } = await finished(run.id);
    expect(output).toEqual([expect.anything(), expect.anything()]);
    expect(await again(run.id, "b")).toMatchObject({ status: "succeeded", output });
    const { runId: whole } = await rerun({ scope }, { runId: run.id });
    expect(await finished(whole)).toMatchObject({ status: "succeeded", output });
    const { runId: other } = await rerun({ scope }, { runId: run.id, input: { changed: true } });
    expect(await finished(other)).toMatchObject({ status: "succeeded", output });
    const [stored] = (await sharedPool().query<{ trigger: string }>("select trigger::text as trigger from run where id = $1", [whole])).rows;
    expect(stored?.trigger).toBe(trigger);
  });

  test("in a sequential loop earlier iterations are kept, later ones are redone", async () => {
    const loop = node("loop", "forEach", { config: { items: "{{ input.items }}" } });
    const definition = workflow([call("before"), loop, call("x", inside("loop", "body"), "{{ item }}"), call("y", inside("loop", "body"), "{{ steps.x.output * 10 }}"), call("after", {}, "{{ steps.loop.output }}")], ["before>loop", "x>y", "loop>after"]);
    const id = await start(definition, { items: [1, 2, 3] });
    expect((await finished(id)).output).toEqual([10, 20, 30]);
    expect(await again(id, "loop[1]/y")).toMatchObject({ status: "succeeded", output: [10, 20, 30], calls: ["after", "loop[1]/y", "loop[2]/x", "loop[2]/y"] });
    expect(await again(id, "loop[2]")).toMatchObject({ output: [10, 20, 30], calls: ["after", "loop[2]/x", "loop[2]/y"] });
    expect((await again(id, "loop")).calls).toHaveLength(7);
  });

  test("in a parallel loop the other items are kept, in whatever order they had run", async () => {
    const items = Array.from({ length: 12 }, (_, index) => index);
    const loop = node("loop", "forEach", { config: { items: "{{ input.items }}", mode: "parallel", limit: 3 } });
    const id = await start(workflow([loop, call("x", inside("loop", "body"), "{{ item }}")]), { items });
    expect((await finished(id)).output).toEqual(items);
    expect(await again(id, "loop[4]/x")).toMatchObject({ status: "succeeded", output: items, calls: ["loop[4]/x"] });
  });

  test("parallel siblings are kept under maxParallel, those that ended after they had waited or failed included", async () => {
    const loop = node("loop", "forEach", { config: { items: "{{ [0, 1, 2, 3] }}", mode: "parallel", limit: 4 } });
    const body = [node("d", "delay", { config: { seconds: 0.01 }, ...inside("loop", "body") }), call("x", { ...inside("loop", "body"), onError: "continue" }, "{{ index }}")];
    broken.add("loop[3]/x");
    const id = await start(workflow([loop, ...body], ["d>x"], { settings: { maxParallel: 1 } }));
    expect((await finished(id)).output).toEqual([0, 1, 2, null]);
    broken.clear();
    const second = await again(id, "loop[0]/d");
    expect(second).toMatchObject({ status: "succeeded", output: [0, 1, 2, null], calls: ["loop[0]/x"] });
    expect(await again(second.id, "loop[1]/x")).toMatchObject({ status: "succeeded", output: [0, 1, 2, null], calls: ["loop[1]/x"] });
  });

  test("of a run of one node alone keeps earlier iterations", async () => {
    const loop = node("loop", "forEach", { config: { items: "{{ [0, 1, 2] }}" } });
    const versionId = await publish(workflow([call("before"), loop, call("x", inside("loop", "body"), "{{ item }}")], ["before>loop"]));
    const run = world.newRun(versionId, {}, { options: { onlyNode: { id: "loop", scope: {} } } });
    await store.enqueue([run]);
    expect((await finished(run.id)).calls).toEqual(["loop[0]/x", "loop[1]/x", "loop[2]/x"]);
    expect(await again(run.id, "loop[1]/x")).toMatchObject({ status: "succeeded", calls: ["loop[1]/x", "loop[2]/x"] });
  });

  test("inside tryCatch a body step redoes the handler and finally; a handler keeps the body's failure", async () => {
    const nodes = [
      node("try", "tryCatch", { config: { result: "{{ steps.handle.output ?? steps.ok.output }}" } }),
      call("ok", inside("try", "body"), "ok"),
      call("risky", inside("try", "body")),
      call("handle", inside("try", "catch"), "{{ error.message }}"),
      call("clean", inside("try", "finally")),
    ];
    broken.add("try/risky");
    const id = await start(workflow(nodes, ["ok>risky"]));
    expect(await finished(id)).toMatchObject({ status: "succeeded", output: "try/risky" });
    expect(await again(id, "try/handle")).toMatchObject({ output: "try/risky", calls: ["try/clean", "try/handle"] });
    broken.clear();
    expect(await again(id, "try/risky")).toMatchObject({ output: "ok", calls: ["try/clean", "try/risky"] });
  });

  test("waits that were answered are kept; a path that never ran is refused", async () => {
    const id = await start(workflow([node("d", "delay", { config: { seconds: 0.01 } }), call("x", {}, "{{ steps.d.status }}")], ["d>x"]));
    expect((await finished(id)).output).toBe("succeeded");
    expect(await again(id, "x")).toMatchObject({ output: "succeeded", calls: ["x"] });
    await expect(rerun({ scope }, { runId: id, fromPath: "nowhere" })).rejects.toMatchObject({ kind: "invalid_input" });
  });

  test("hears its own messages, whatever numbers those of the first run had", async () => {
    const definition = workflow([node("w", "wait.signal", { config: { signal: "go" } }), call("x"), node("v", "wait.signal", { config: { signal: "on" } })], ["w>x", "x>v"], { output: "{{ steps.v.output }}" });
    const signal = (runId: string, name: string) => store.send({ runId, kind: "signal", path: null, attempt: null, name, payload: JSON.stringify(name), key: newId() });
    const id = await start(definition);
    await signal(id, "go");
    await signal(id, "on");
    expect((await finished(id)).output).toBe("on");
    const { runId } = await rerun({ scope }, { runId: id, fromPath: "x" });
    await signal(runId, "on");
    expect(await finished(runId)).toMatchObject({ status: "succeeded", output: "on" });
    const { runId: third } = await rerun({ scope }, { runId: id, fromPath: "x" });
    await store.send({ runId: third, kind: "cancel", path: null, attempt: null, name: null, payload: null, key: "cancel" });
    expect(await finished(third)).toMatchObject({ status: "cancelled" });
  });

  test("spends none of its time limit behind a limit on runs", async () => {
    const definition = workflow([call("a"), node("w", "wait.signal", { config: { signal: "go" } })], ["a>w"], { settings: { concurrency: { limit: 1 }, timeoutSeconds: 60 } });
    const versionId = await publish(definition);
    const workflowId = (await rawDb().workflowVersion.findFirstOrThrow({ where: { id: versionId } })).workflowId;
    const go = (runId: string) => store.send({ runId, kind: "signal", path: null, attempt: null, name: "go", payload: null, key: newId() });
    const [first, holder] = [world.newRun(versionId, {}, { workflowId }), world.newRun(versionId, {}, { workflowId })];
    await store.enqueue([first]);
    await go(first.id);
    expect((await finished(first.id)).status).toBe("succeeded");
    await store.enqueue([holder]);
    await until("the place to be taken", () => rawDb().runQueue.findFirst({ where: { runId: holder.id, mutexKey: { not: null } } }));
    const { runId } = await rerun({ scope }, { runId: first.id, fromPath: "a" });
    await until("the re-run to be blocked", () => rawDb().runQueue.findFirst({ where: { runId, state: "blocked" } }));
    await sharedPool().query("update run_queue set started_at = started_at - interval '1 hour' where run_id = $1", [runId]);
    await go(holder.id);
    await go(runId);
    expect((await finished(runId)).status).toBe("succeeded");
  });

  test("branches of a container next to the step are kept", async () => {
    const nodes = [node("fork", "parallel", { config: { branches: 2 } }), call("l", inside("fork", "branch:0"), "left"), call("r", inside("fork", "branch:1"), "right"), set("end", { both: "{{ steps.fork.output }}" })];
    const id = await start(workflow(nodes, ["fork>end"]));
    await finished(id);
    expect(await again(id, "fork/r")).toMatchObject({ output: { both: { l: "left", r: "right" } }, calls: ["fork/r"] });
  });
});
