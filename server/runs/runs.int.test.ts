import { beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { rawDb, sharedPool } from "@/server/db/client";
import type { DefinitionInput } from "@/server/engine/definition";
import { makeScope } from "@/server/testing/factories";
import * as waits from "@/server/waits/service";
import * as workflows from "@/server/workflows/service";
import type { RunView } from "./contract";
import * as service from "./service";
import { untilEnded, untilRun, workWhileTesting } from "./testing/worked";

let scope: Scope;

workWhileTesting();
beforeAll(async () => {
  scope = await makeScope("owner");
});

type Parts = Pick<DefinitionInput, "nodes"> & Partial<DefinitionInput>;
const define = ({ nodes, edges, ...rest }: Parts): Record<string, unknown> => ({
  schema: 1,
  nodes: [{ id: "start", kind: "trigger.manual" }, ...nodes],
  edges: edges ?? nodes.filter(({ parent }) => parent === undefined).map(({ id }, index, list) => ({ from: index === 0 ? "start" : list[index - 1]!.id, to: id })),
  ...rest,
});

async function publish(name: string, parts: Parts): Promise<string> {
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name, description: "", definition: define(parts) });
  await workflows.publish({ scope }, { workflowId, note: "" });
  return workflowId;
}

const view = (runId: string): Promise<RunView> => service.getRun({ scope }, { runId });
const statuses = ({ steps }: RunView) => Object.fromEntries(steps.map(({ path, status }) => [path, status]));

describe("a run", () => {
  it("goes from its start to its output, and can be read all along", async () => {
    const workflowId = await publish("Sum", {
      input: { type: "object", properties: { list: { type: "array" } } },
      output: "{{ steps.each.output }}",
      nodes: [
        { id: "each", kind: "forEach", config: { items: "{{ input.list }}", result: "{{ item * 2 }}" } },
        { id: "note", kind: "log", parent: { id: "each", slot: "body" }, config: { message: "item {{ item }}", level: "info" } },
      ],
    });
    const { runId } = await service.startRun({ scope }, { workflowId, mode: "production", input: { list: [1, 2, 3] } });
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "succeeded", trigger: "manual", failure: null, version: { number: 1 }, startedBy: "Test owner" });
    expect(await service.readResult({ scope }, runId)).toEqual({ output: [2, 4, 6], error: null });
    const read = await view(runId);
    expect(statuses(read)).toEqual({ start: "succeeded", each: "succeeded", "each[0]": "succeeded", "each[0]/note": "succeeded", "each[1]": "succeeded", "each[1]/note": "succeeded", "each[2]": "succeeded", "each[2]/note": "succeeded" });
    expect(read.steps.find(({ path }) => path === "each")).toMatchObject({ items: 3, kind: "forEach" });
    expect(read.definition).toMatchObject({ nodes: [{ id: "start" }, { id: "each" }, { id: "note" }] });
    const inside = await service.getSteps({ scope }, { runId, afterSeq: 0, under: "each[1]" });
    expect(inside.steps.map(({ path }) => path).sort()).toEqual(["each[1]", "each[1]/note"]);
    expect((await service.getSteps({ scope }, { runId, afterSeq: read.seq })).steps).toEqual([]);
    const value = { runId, path: "each", what: "output" as const, offset: 0, limit: 100 };
    expect(await service.getValue({ scope }, value)).toEqual({ text: "[2,4,6]", offset: 0, total: 7, next: null });
    expect(await service.getValue({ scope }, { ...value, path: "nowhere" })).toMatchObject({ total: null });
  });

  it("says who it acts for, and as what it was started", async () => {
    const { email } = await rawDb().user.findUniqueOrThrow({ where: { id: scope.userId! } });
    const workflowId = await publish("Named", { settings: { runAs: email }, nodes: [] });
    const { runId } = await service.startRun({ scope }, { workflowId, mode: "production", input: {} });
    const { type, id, name } = scope.actor;
    expect(await rawDb().run.findUnique({ where: { id: runId } })).toMatchObject({ runAs: name, identity: { type, id, name, roles: ["owner"], bounds: [{ role: "owner" }] } });
    await untilEnded(scope, runId);
  });

  it("has logs, read in pages and by level", async () => {
    const { runId } = await service.startInlineRun({ scope }, {
      definition: define({ nodes: ["debug", "info", "warn", "error"].map((level) => ({ id: level, kind: "log", config: { message: `a ${level}`, level } })) }),
    });
    await untilEnded(scope, runId);
    const first = await service.getLogs({ scope }, { runId, limit: 3, level: "debug" });
    expect(first.items.map(({ message }) => message)).toEqual(["a debug", "a info", "a warn"]);
    const rest = await service.getLogs({ scope }, { runId, limit: 3, level: "debug", cursor: first.nextCursor ?? "" });
    expect([rest.items.map(({ message }) => message), rest.nextCursor]).toEqual([["a error"], null]);
    const last = await service.getLogs({ scope }, { runId, limit: 3, level: "debug", before: "end" });
    expect(last.items.map(({ message }) => message)).toEqual(["a info", "a warn", "a error"]);
    const begin = await service.getLogs({ scope }, { runId, limit: 3, level: "debug", before: last.nextCursor ?? "" });
    expect([begin.items.map(({ message }) => message), begin.nextCursor]).toEqual([["a debug"], null]);
    expect((await service.getLogs({ scope }, { runId, limit: 10, level: "warn" })).items).toHaveLength(2);
    expect((await service.getLogs({ scope }, { runId, limit: 10, level: "debug", path: "info" })).items).toHaveLength(1);
  });

  it("keeps large values, read in slices that put together give the whole", async () => {
    const text = "ä🚀".repeat(120_000);
    const { runId } = await service.startInlineRun({ scope }, { input: { text }, definition: define({ nodes: [{ id: "copy", kind: "set", config: { values: { text: "{{ input.text }}" } } }] }) });
    await untilEnded(scope, runId);
    let read = "";
    for (let offset: number | null = 0; offset !== null; ) {
      const slice = await service.getValue({ scope }, { runId, path: "copy", what: "output", offset, limit: 100_001 });
      read += slice.text;
      offset = slice.next;
    }
    expect(JSON.parse(read)).toEqual({ text });
  });

  it("is searched in large values and in small ones, place after place", async () => {
    const text = `${"ä🚀".repeat(60_000)}Needle${"x".repeat(60_000)}needle`;
    const { runId } = await service.startInlineRun({ scope }, { input: { text }, definition: define({ nodes: [{ id: "copy", kind: "set", config: { values: { text: "{{ input.text }}" } } }] }) });
    await untilEnded(scope, runId);
    const find = (place: { path: string; what: "output" | "input" }, find: string, offset = 0) => service.getValue({ scope }, { runId, ...place, offset, limit: 1_000, find });
    const copy = { path: "copy", what: "output" } as const;
    const first = await find(copy, "NEEDLE");
    expect(first.text).toContain("🚀Needlexxx");
    const second = await find(copy, "needle", first.found! + 1);
    expect(second.text).toContain('xneedle"');
    expect(await find(copy, "needle", second.found! + 1)).toMatchObject({ text: "", found: null });
    const small = await service.startInlineRun({ scope }, { input: { name: "🚀 Ada" }, definition: define({ nodes: [] }) });
    expect(await service.getValue({ scope }, { runId: small.runId, path: "", what: "input", offset: 0, limit: 100, find: "ada" })).toMatchObject({ text: '{"name":"🚀 Ada"}', offset: 0, found: 11 });
  });

  it("that fails says where and why, in lists too", async () => {
    const workflowId = await publish("Broken", { nodes: [{ id: "boom", kind: "set", config: { values: { x: "{{ input.a.b }}" } } }] });
    const { runId } = await service.startRun({ scope }, { workflowId, mode: "production", input: {} });
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "failed", failure: { nodeId: "boom" } });
    const listed = await service.listRuns({ scope }, { limit: 10, workflowId, status: ["failed"] });
    expect(listed.items).toMatchObject([{ id: runId, workflow: { name: "Broken" }, failure: { nodeId: "boom", message: expect.stringContaining("input.a") as string } }]);
    expect((await service.listRuns({ scope }, { limit: 10, workflowId, status: ["succeeded", "running"] })).items).toEqual([]);
    expect((await service.listRuns({ scope }, { limit: 10, workflowId, status: ["failed", "waiting"] })).items).toHaveLength(1);
  });

  it("is cancelled while it waits, and that is written down", async () => {
    const { runId } = await service.startInlineRun({ scope }, { definition: define({ nodes: [{ id: "nap", kind: "delay", config: { seconds: 3600 } }] }) });
    await untilRun(scope, runId, ({ status }) => status === "waiting");
    expect((await view(runId)).waits).toMatchObject([{ kind: "delay", status: "open", path: "nap" }]);
    expect(await service.cancelRun({ scope }, { runId, reason: "enough" })).toMatchObject({ requested: true });
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "cancelled", terminationReason: "enough" });
    expect((await view(runId)).waits).toMatchObject([{ status: "cancelled" }]);
    expect(await service.cancelRun({ scope }, { runId })).toMatchObject({ requested: false, status: "cancelled" });
    const actions = await scope.db.auditEvent.findMany({ where: { resourceId: runId }, orderBy: { id: "asc" }, select: { action: true } });
    expect(actions.map(({ action }) => action)).toEqual(["run.started", "run.cancelled"]);
  });

  it("goes on with the answer of a person, or with a signal sent before it waited", async () => {
    const form = { type: "object", properties: { amount: { type: "number" } } };
    const { runId } = await service.startInlineRun({ scope }, {
      definition: define({
        output: "{{ [steps.ask.output.values.amount, steps.paid.output] }}",
        nodes: [{ id: "ask", kind: "approval", config: { title: "How much?", form } }, { id: "paid", kind: "wait.signal", config: { signal: "paid" } }],
        edges: [{ from: "start", to: "ask" }, { from: "ask", port: "approved", to: "paid" }],
      }),
    });
    await untilRun(scope, runId, ({ status }) => status === "waiting");
    await service.signalRun({ scope }, { runId, name: "paid", payload: { by: "card" } });
    const [wait] = (await waits.listMyWaits({ scope }, { limit: 10 })).items;
    expect(wait).toMatchObject({ runId, title: "How much?", form });
    const { url } = await waits.createLink({ scope }, { waitId: wait!.id, recipient: "cfo@example.com" });
    await waits.answerLink({ origin: { ip: "test", userAgent: null, requestId: null } }, { token: url.split("/a/")[1] ?? "", decision: "approved", values: { amount: 12 }, comment: "", name: "" });
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "succeeded" });
    expect((await service.readResult({ scope }, runId)).output).toEqual([12, { by: "card" }]);
    await expect(service.signalRun({ scope }, { runId, name: "paid" })).rejects.toMatchObject({ kind: "run_finished" });
  });
});

it("is told a large signal by where it lies, and its steps see all of it", async () => {
  const waiting = define({ output: "{{ steps.w.output.text.length }}", nodes: [{ id: "w", kind: "wait.signal", config: { signal: "go" } }], edges: [{ from: "start", to: "w" }] });
  const text = "x".repeat(500_000);
  for (const tell of ["signal", "resume"] as const) {
    const { runId } = await service.startInlineRun({ scope }, { definition: waiting });
    await untilRun(scope, runId, ({ status }) => status === "waiting");
    if (tell === "signal") await service.signalRun({ scope }, { runId, name: "go", payload: { text } });
    else await waits.resumeWait({ scope }, { waitId: (await waits.listWaits({ scope }, { status: "open", runId, limit: 1 })).items[0]!.id, payload: { text } } as Parameters<typeof waits.resumeWait>[1]);
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "succeeded" });
    expect((await service.readResult({ scope }, runId)).output).toBe(500_000);
    const [{ size }] = (await sharedPool().query<{ size: number }>("select coalesce(max(length(payload::text)), 0)::int as size from run_inbox where run_id = $1", [runId])).rows as [{ size: number }];
    expect(size).toBeLessThan(200);
  }
});

describe("test runs", () => {
  it("execute the draft, with its pins, up to a node", async () => {
    const workflowId = await publish("Draft", { nodes: [{ id: "one", kind: "set", config: { values: { n: 1 } } }, { id: "two", kind: "set", config: { values: { n: "{{ steps.one.output.n + 1 }}" } } }, { id: "three", kind: "fail", config: { message: "too far" } }] });
    const { definition, revision } = await workflows.getWorkflow({ scope }, { workflowId });
    await workflows.updateDraft({ scope }, { workflowId, revision, definition, pins: { one: { n: 41 } } });
    const { runId } = await service.startRun({ scope }, { workflowId, mode: "test", untilNode: "two" });
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "succeeded", mode: "test", version: { number: null } });
    expect(statuses(await view(runId))).toEqual({ start: "succeeded", one: "succeeded", two: "succeeded" });
    expect(await service.getValue({ scope }, { runId, path: "two", what: "output", offset: 0, limit: 100 })).toMatchObject({ text: '{"n":42}' });
    const { published } = await workflows.getWorkflow({ scope }, { workflowId });
    const earlier = await service.startRun({ scope }, { workflowId, versionId: published!.versionId, mode: "test", untilNode: "two" });
    await untilEnded(scope, earlier.runId);
    // What lies beside the draft says nothing of a version.
    expect(await service.getValue({ scope }, { runId: earlier.runId, path: "two", what: "output", offset: 0, limit: 100 })).toMatchObject({ text: '{"n":2}' });
    await expect(service.startRun({ scope }, { workflowId, mode: "test", untilNode: "nine" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "untilNode" } });
  });
});

describe("test runs with an event", () => {
  it("begin at the trigger that is named, and read the event", async () => {
    const { id: workflowId } = await workflows.createWorkflow({ scope }, {
      name: "Caught",
      description: "",
      definition: define({
        nodes: [{ id: "hook", kind: "trigger.webhook" }, { id: "told", kind: "set", config: { values: { who: "{{ trigger.body.name }}" } } }],
        edges: [{ from: "hook", to: "told" }],
      }),
    });
    const trigger = { kind: "webhook", body: { name: "Ada" } };
    const { runId } = await service.startRun({ scope }, { workflowId, mode: "test", startNode: "hook", trigger });
    expect(await untilEnded(scope, runId)).toMatchObject({ status: "succeeded" });
    expect(await service.getValue({ scope }, { runId, path: "told", what: "output", offset: 0, limit: 100 })).toMatchObject({ text: '{"who":"Ada"}' });
    expect(statuses(await view(runId))).toEqual({ hook: "succeeded", told: "succeeded" });
    await workflows.publish({ scope }, { workflowId, note: "" });
    await expect(service.startRun({ scope }, { workflowId, mode: "production", trigger })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "trigger" } });
  });
});

describe("repeating", () => {
  it("takes the same version and input, or another input", async () => {
    const workflowId = await publish("Again", { output: "{{ input.n }}", nodes: [{ id: "one", kind: "set", config: { values: {} } }] });
    const first = await service.startRun({ scope }, { workflowId, mode: "production", input: { n: 1 } });
    await untilEnded(scope, first.runId);
    const same = await service.rerun({ scope }, { runId: first.runId });
    const other = await service.rerun({ scope }, { runId: first.runId, input: { n: 2 } });
    for (const { runId } of [same, other]) await untilEnded(scope, runId);
    expect((await service.readResult({ scope }, same.runId)).output).toBe(1);
    expect((await service.readResult({ scope }, other.runId)).output).toBe(2);
    expect((await view(same.runId)).run).toMatchObject({ trigger: "rerun", version: (await view(first.runId)).run.version! });
  });

  it("with another input leaves what nobody touched as it was", async () => {
    const workflowId = await publish("Again typed", { output: "{{ [Object.keys(input), input.at.getTime(), typeof input.n, input.name] }}", nodes: [{ id: "one", kind: "set", config: { values: {} } }] });
    const first = await service.startRun({ scope }, { workflowId, mode: "production", input: { $schema: "order/v2", at: new Date(5), n: 10n, name: "old" } });
    await untilEnded(scope, first.runId);
    const other = await service.rerun({ scope }, { runId: first.runId, input: { $schema: "order/v2", at: "1970-01-01T00:00:00.005Z", n: "10", name: "new" } });
    await untilEnded(scope, other.runId);
    expect((await service.readResult({ scope }, other.runId)).output).toEqual([["$schema", "at", "n", "name"], 5, "bigint", "new"]);
  });

  it("from a step keeps what neither is nor follows it", async () => {
    const workflowId = await publish("Partly", {
      output: "{{ [steps.before.output, steps.side.output, steps.each.output, steps.after.output.seen] }}",
      nodes: [
        { id: "before", kind: "set", config: { values: { at: "{{ now }}" } } },
        { id: "side", kind: "set", config: { values: { at: "{{ now }}" } } },
        { id: "each", kind: "forEach", config: { items: "{{ [1, 2, 3] }}", result: "{{ steps.inner.output.at }}" } },
        { id: "inner", kind: "set", parent: { id: "each", slot: "body" }, config: { values: { at: "{{ [item, now] }}" } } },
        { id: "after", kind: "set", config: { values: { seen: "{{ steps.each.output }}" } } },
      ],
      edges: [{ from: "start", to: "before" }, { from: "start", to: "side" }, { from: "before", to: "each" }, { from: "each", to: "after" }],
    });
    const { runId } = await service.startRun({ scope }, { workflowId, mode: "production", input: {} });
    await expect(service.rerun({ scope }, { runId: (await service.startRun({ scope }, { workflowId, mode: "production" })).runId, fromPath: "nowhere" })).rejects.toMatchObject({ kind: "invalid_input" });
    await untilEnded(scope, runId);
    const repeated = await service.rerun({ scope }, { runId, fromPath: "each[1]/inner" });
    expect(await untilEnded(scope, repeated.runId)).toMatchObject({ status: "succeeded", rerunOf: { runId, path: "each[1]/inner" } });
    type Output = [unknown, unknown, [number, unknown][], unknown];
    const [before, after] = [(await service.readResult({ scope }, runId)).output as Output, (await service.readResult({ scope }, repeated.runId)).output as Output];
    expect([after[0], after[1], after[2][0]]).toEqual([before[0], before[1], before[2][0]]);
    expect(after[2][1]).not.toEqual(before[2][1]);
    expect(after[2][2]).not.toEqual(before[2][2]);
    expect(after[3]).toEqual(after[2]);
    await expect(service.rerun({ scope }, { runId, fromPath: "before", input: {} })).rejects.toMatchObject({ data: { field: "input" } });
  });
});
