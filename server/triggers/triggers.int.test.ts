import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { putBlob, readBlobText } from "@/server/blobs/service";
import { closeConnections, plannedPool, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";
import { env } from "@/server/env";
import { readBlobReference } from "@/server/expressions/decoding";
import { flushActivity, noteActivity } from "./activity";
import { commitEvent } from "./commit-dispatch";
import { dispatchDue, dispatchEvent, untilDispatched } from "./dispatch";
import { claimDue, readReceived } from "./due-events";
import { takeIn } from "./intake";
import { prepareEvent } from "./prepare-event";
import { addRow, eventRowOf, recordWithin, storeEvent } from "./record";
import * as service from "./service";
import { flushUnknownCalls, noteUnknownCall } from "./unknown-calls";
import { definitionWith, TriggerScene } from "./testing/scene";

const hook = (id: string, config: Record<string, unknown> = {}) => ({ id, kind: "trigger.webhook", name: "Orders come in", config });
let scene: TriggerScene;
let triggerId: string;

beforeAll(async () => {
  scene = await TriggerScene.open([hook("orders", { mapping: { type: "expression", value: { n: "{{ trigger.body.n }}", big: "{{ trigger.body.n > 1 }}" } }, defaultInput: { from: "web" } })]);
  triggerId = (await scene.triggers())[0]!.id;
});
afterAll(closeConnections);

/** Recording starts the dispatch and does not wait for it. */
const untilStarted = (id: string) => expect.poll(async () => (await rawDb().triggerEvent.findUniqueOrThrow({ where: { id } })).status).toBe("started");

describe("the inbox", () => {
  it("turns an event into one run, however often it comes and whoever dispatches it", async () => {
    const [one, other, third] = await Promise.all(["a", "a", "b"].map((key) => service.recordEvent(scene.event(triggerId, key, { n: key === "a" ? 2 : 1 }))));
    expect([one!.isNew, other!.isNew, third!.isNew].filter(Boolean)).toHaveLength(2);
    expect(one!.runId).toBe(other!.runId);
    const place = { eventId: one!.eventId, triggerId, workspaceId: scene.scope.workspaceId };
    await Promise.all([dispatchEvent(place), dispatchEvent(place), dispatchDue()]);
    await untilStarted(one!.eventId);
    await untilStarted(third!.eventId);
    const runs = await scene.runs(triggerId);
    expect(runs.map(({ id }) => id).sort()).toEqual([one!.runId, third!.runId].sort());
    const first = runs.find(({ id }) => id === one!.runId)!;
    expect(first).toMatchObject({ status: "queued", triggerKind: "webhook", input: { n: 2, big: true, from: "web" }, options: { startNode: "orders" }, trigger: { kind: "webhook", body: { n: 2 } } });
    expect(await rawDb().runQueue.count({ where: { runId: first.id } })).toBe(1);
    await untilDispatched();
    await flushActivity();
    expect(await service.getTrigger({ scope: scene.scope }, { triggerId })).toMatchObject({ counts: { started: 2, failed: 0 }, error: null });
    const told = await rawDb().auditEvent.findMany({ where: { action: "trigger.fired", resourceId: triggerId } });
    expect(told[0]).toMatchObject({ actorType: "system", actorName: "Trigger Orders come in", after: { workflowId: first.workflowId } });
    // Two when an hour has just begun.
    expect(told.length).toBeLessThanOrEqual(2);
  });

  it("knows an event again whose long key an earlier release has cut, by what it holds", async () => {
    const key = "long ".repeat(150);
    const [former, first] = [await service.recordEvent(scene.event(triggerId, key.slice(0, 500), { n: 5 })), await service.recordEvent(scene.event(triggerId, `${key}1`, { n: 6 }))];
    expect(await service.recordEvent(scene.event(triggerId, key, { n: 5 }))).toMatchObject({ isNew: false, runId: former.runId });
    expect(first).toMatchObject({ isNew: true });
    expect(await service.recordEvent(scene.event(triggerId, `${key}1`, { n: 7 }))).toMatchObject({ isNew: false, runId: first.runId });
    expect(await service.recordEvent(scene.event(triggerId, `${key}2`, { n: 6 }))).toMatchObject({ isNew: true });
  });

  it("filters events of every kind by its expression, counts them, and says what is wrong with one that cannot be evaluated", async () => {
    const { scope, workflowId } = scene;
    const make = (filter: string) => service.createTrigger({ scope }, { workflowId, kind: "mqtt", name: "Measured", config: { host: "mqtt.example", topics: ["a"] }, settings: { filter }, nodeId: null, versionNumber: null });
    for (const [filter, reason] of [["trigger.body.n > 1", "one expression"], ["is {{ trigger.body.n }}", "one expression"], ["{{ input.n }}", "a filter sees trigger"], ["{{ trigger. }}", ""]] as const) {
      await expect(make(filter)).rejects.toMatchObject({ kind: "invalid_input", data: { field: "config.filter", reason: expect.stringContaining(reason) as string } });
    }
    const { id, settings } = await make(" {{ trigger.body.n.value > 1 }} ");
    expect(settings).toEqual({ filter: "{{ trigger.body.n.value > 1 }}" });
    for (const [key, n] of [["low", { value: 1 }], ["high", { value: 2 }], ["none", null]] as const) await service.recordEvent(scene.event(id, key, { n }));
    const statuses = async () => (await rawDb().triggerEvent.findMany({ where: { triggerId: id }, orderBy: { dedupeKey: "asc" } })).map(({ dedupeKey, status, error }) => [dedupeKey, status, (error as { field?: string } | null)?.field]);
    await expect.poll(statuses).toEqual([["high", "started", undefined], ["low", "filtered", undefined], ["none", "failed", "filter"]]);
    expect((await scene.runs(id)).map(({ input }) => input)).toEqual([{ n: { value: 2 } }]);
    await untilDispatched();
    await flushActivity();
    expect((await service.getTrigger({ scope }, { triggerId: id })).counts).toEqual({ received: 3, started: 1, failed: 1, held: 0 });
    await service.setTriggerMode({ scope }, { triggerId: id, mode: "suspended" });
    await service.recordEvent(scene.event(id, "later", { n: { value: 1 } }));
    expect((await rawDb().triggerEvent.findFirstOrThrow({ where: { triggerId: id, dedupeKey: "later" } })).status).toBe("held");
    await service.releaseHeld({ scope }, { triggerId: id });
    await dispatchDue();
    expect((await rawDb().triggerEvent.findFirstOrThrow({ where: { triggerId: id, dedupeKey: "later" } })).status).toBe("filtered");
    expect((await service.updateTrigger({ scope }, { triggerId: id, settings: { filter: "" } })).settings).toEqual({});
  });

  it("clears errors of events when one becomes a run, not those of others, and loses no counts while the database is away", async () => {
    const row = () => rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } });
    const before = Number((await row()).startedCount);
    const note = () => noteActivity({ workspaceId: scene.scope.workspaceId, receivedAt: new Date(), trigger: { id: triggerId, kind: "webhook" } }, { id: triggerId, status: "started", input: null, watched: false });
    const errorAfterStart = async (code: string) => {
      await rawDb().trigger.update({ where: { id: triggerId }, data: { error: { code, message: "m" } } });
      note();
      await flushActivity();
      return (await row()).error;
    };
    expect([await errorAfterStart("listener_failed"), await errorAfterStart("invalid_input")]).toEqual([{ code: "listener_failed", message: "m" }, null]);
    await sharedPool().query("alter table trigger rename column failed_count to away");
    try {
      note();
      await expect(flushActivity()).rejects.toThrow("failed_count");
      note();
    } finally {
      await sharedPool().query("alter table trigger rename column away to failed_count");
    }
    await flushActivity();
    expect(Number((await row()).startedCount)).toBe(before + 4);
    const facts = await rawDb().platformFact.findMany({ where: { subjectId: triggerId, kind: "trigger.recovered" } });
    expect(facts).toHaveLength(1);
  });

  it("has written what was counted once a flush ends, also what another flush is writing", async () => {
    const client = await sharedPool().connect();
    await client.query("begin; lock table unknown_call");
    noteUnknownCall("hook");
    const isOver = [false, false];
    const flushes = isOver.map((_, index) => flushUnknownCalls().then(() => void (isOver[index] = true)));
    // Else a failure would leave the table locked for all that come after it.
    try {
      await client.query("select 1");
      expect(isOver).toEqual([false, false]);
    } finally {
      await client.query("rollback");
      client.release();
      await Promise.all(flushes);
    }
  });

  it("leaves what nobody dispatched to the one who looks next", async () => {
    const { eventId, runId } = await service.recordEvent(scene.event(triggerId, "late"));
    await untilStarted(eventId);
    await sharedPool().query("delete from run_queue where run_id = $1", [runId]);
    await sharedPool().query("delete from run where id = $1", [runId]);
    await sharedPool().query("update trigger_event set status = 'received', processed_at = null, due_at = now() - interval '1 second' where id = $1", [eventId]);
    await Promise.all([dispatchDue(), dispatchDue(), dispatchDue()]);
    expect(await rawDb().run.count({ where: { id: runId } })).toBe(1);
  });

  it("makes no run of what another process turned into something since it was read", async () => {
    const { eventId } = await storeEvent(scene.event(triggerId, "contested"));
    const [event] = await readReceived([eventId]);
    const prepared = await prepareEvent(event!);
    await sharedPool().query("update trigger_event set attempts = attempts + 1 where id = $1", [eventId]);
    expect(await commitEvent(prepared)).toBeNull();
    expect(await rawDb().run.count({ where: { id: event!.runId } })).toBe(0);
    const [anew] = await readReceived([eventId]);
    const results = await Promise.all([commitEvent(await prepareEvent(anew!)), dispatchEvent({ eventId, triggerId, workspaceId: scene.scope.workspaceId })]);
    expect(results.filter((result) => result?.status === "started")).toHaveLength(1);
    expect(await rawDb().run.count({ where: { id: event!.runId } })).toBe(1);
  });

  it("shows why an event could become no run, and takes it again when it is sent again", async () => {
    const strict = await TriggerScene.open([hook("in")], { type: "object", properties: { n: { type: "number" } }, required: ["n"] });
    const [trigger] = await strict.triggers();
    const { eventId } = await service.recordEvent(strict.event(trigger!.id, "bad", { n: "one" }));
    await expect.poll(async () => (await strict.events(trigger!.id))[0]?.status).toBe("failed");
    const detail = await service.getEvent({ scope: strict.scope }, { eventId });
    expect(detail).toMatchObject({ status: "failed", attempts: 1, run: null, error: { code: "invalid_input", field: "input/n" }, value: { body: { n: "one" } } });
    await strict.republish([hook("in")]);
    const again = await service.resendEvent({ scope: strict.scope }, { eventId });
    await untilStarted(again.eventId);
    expect(await strict.runs(trigger!.id)).toMatchObject([{ id: again.runId, input: { n: "one" }, startedById: strict.scope.userId }]);
  });

  it("leaves nothing of a large event in the blob store that starts nothing: one that is known, caught, held or refused", async () => {
    const own = await TriggerScene.open([hook("large")]);
    const [trigger] = await own.triggers();
    const event = (key: string) => own.event(trigger!.id, key, { text: "x".repeat(env.PAYLOAD_INLINE_MAX_BYTES) });
    const { eventId } = await storeEvent(event("first"));
    const [first] = await readReceived([eventId]);
    const { workflow, workspace, environment, trigger: of } = first!;
    const target = { trigger: of, workflow, workspaceId: own.scope.workspaceId, workspace, environment };
    const blobs = async () => {
      const rows = await rawDb().blob.findMany({ where: { workspaceId: own.scope.workspaceId }, select: { ownerType: true } });
      return [rows.filter(({ ownerType }) => ownerType === "trigger_event").length, rows.filter(({ ownerType }) => ownerType === "run").length];
    };
    expect(await blobs()).toEqual([1, 0]);
    expect(await service.recordEvent(event("first"))).toMatchObject({ eventId, isNew: false });
    expect((await takeIn(event("first"), target)).recorded).toMatchObject({ eventId, isNew: false });
    expect(await blobs()).toEqual([1, 0]);
    // Files that came with it, and what is recorded in somebody else's transaction.
    const id = newId();
    const { id: fileId, size } = await putBlob({ workspaceId: own.scope.workspaceId, owner: { type: "trigger_event", id } }, "file");
    expect(await storeEvent({ ...event("first"), id, body: null, meta: { file: { $file: { id: fileId, name: "a", mediaType: "text/plain", size } } } })).toMatchObject({ eventId, isNew: false });
    expect(await blobs()).toEqual([1, 0]);
    expect(await inTransaction(sharedPool(), (client) => recordWithin(client, [event("first")]))).toMatchObject([{ eventId, isNew: false }]);
    await expect.poll(blobs).toEqual([1, 0]);
    await commitEvent(await prepareEvent(first!));
    await untilStarted(eventId);
    expect(await blobs()).toEqual([1, 2]);
    await sharedPool().query("update trigger set capture_until = now() + interval '1 hour' where id = $1", [trigger!.id]);
    expect((await takeIn(event("caught"), target)).recorded.status).toBe("captured");
    await sharedPool().query("update trigger set mode = 'suspended' where id = $1", [trigger!.id]);
    expect((await takeIn(event("held"), target)).recorded.status).toBe("held");
    await sharedPool().query("update trigger set mode = 'disabled' where id = $1", [trigger!.id]);
    expect((await takeIn(event("refused"), target)).recorded.status).toBe("refused");
    expect(await blobs()).toEqual([3, 2]);
  });

  it("keeps what it holds of a large event that is sent again because nobody heard that it is recorded", async () => {
    const own = await TriggerScene.open([hook("again")]);
    const [trigger] = await own.triggers();
    const event = (key: string) => own.event(trigger!.id, key, { text: "x".repeat(env.PAYLOAD_INLINE_MAX_BYTES) });
    const blobs = () => rawDb().blob.count({ where: { workspaceId: own.scope.workspaceId } });
    const row = { ...(await eventRowOf(event("twice"))), windowSeconds: 0 };
    const sent = [await addRow(row), await addRow(row)];
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[1]).toMatchObject({ eventId: row.id, isNew: true });
    expect(await blobs()).toBe(1);

    // The statement that records it is committed, and the one after it is not answered.
    await storeEvent({ ...event("over"), dedupeWindowSeconds: 60 });
    await sharedPool().query("update trigger_event set received_at = now() - interval '1 hour' where trigger_id = $1 and dedupe_key = 'over'", [trigger!.id]);
    const [first] = await readReceived([row.id]);
    const { workflow, workspace, environment, trigger: of } = first!;
    const target = { trigger: of, workflow, workspaceId: own.scope.workspaceId, workspace, environment };
    const pool = plannedPool();
    const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
    let finds = 0;
    const asked = vi.spyOn(pool, "query").mockImplementation(((...given: unknown[]) => {
      const isFind = (given[0] as { name?: string }).name === "trigger-event-find";
      return isFind && ++finds === 2 ? Promise.reject(new Error("canceling statement due to statement timeout")) : query(...given);
    }) as never);
    onTestFinished(() => asked.mockRestore());
    const { recorded } = await takeIn({ ...event("over"), dedupeWindowSeconds: 60 }, target);
    expect([finds, recorded]).toEqual([2, { eventId: expect.any(String) as string, runId: expect.any(String) as string, status: "started", isNew: false }]);
    const run = await rawDb().run.findUniqueOrThrow({ where: { id: recorded.runId } });
    const { bodyBlobId } = await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: recorded.eventId } });
    const kept = [run.input, run.trigger].map((value) => (value as { $blob: string }).$blob);
    for (const id of [bodyBlobId!, ...kept]) expect(await readBlobText(own.scope.workspaceId, id)).toContain("xxx");
  });

  it("gives the same key to another event after its window", async () => {
    const event = { ...scene.event(triggerId, "window"), dedupeWindowSeconds: 60 };
    const first = await service.recordEvent(event);
    expect(await service.recordEvent(event)).toMatchObject({ eventId: first.eventId, isNew: false });
    await sharedPool().query("update trigger_event set received_at = now() - interval '61 seconds' where id = $1", [first.eventId]);
    const second = await Promise.all([service.recordEvent(event), service.recordEvent(event)]);
    expect(second.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(second[0]!.eventId).toBe(second[1]!.eventId);
    expect(second[0]!.eventId).not.toBe(first.eventId);
  });

  it("holds events of a suspended trigger until they are released or discarded, and refuses those of a disabled one", async () => {
    const { scope } = scene;
    await service.setTriggerMode({ scope }, { triggerId, mode: "suspended" });
    const held: string[] = [];
    for (const key of ["held", "second", "third"]) {
      const { eventId, status } = await service.recordEvent(scene.event(triggerId, key));
      expect(status).toBe("held");
      held.push(eventId);
    }
    // In the way of an index that knows nothing of when they came.
    await sharedPool().query("update trigger_event set attempts = attempts where id = $1", [held[0]]);
    expect(await service.getTrigger({ scope }, { triggerId })).toMatchObject({ counts: { held: 3 } });
    expect(await service.getEvent({ scope }, { eventId: held[0]! })).toMatchObject({ status: "held", waits: { kind: "suspended" } });
    expect(await service.releaseHeld({ scope }, { triggerId })).toEqual({ count: 3 });
    expect((await claimDue(100, [])).places.filter((place) => place.triggerId === triggerId).map(({ eventId }) => eventId)).toEqual(held);
    await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where id = any ($1)", [held]);
    await dispatchDue();
    for (const eventId of held) await untilStarted(eventId);
    const discarded = await service.recordEvent(scene.event(triggerId, "discarded"));
    expect(await service.discardHeld({ scope }, { triggerId })).toEqual({ count: 1 });
    expect(await service.getEvent({ scope }, { eventId: discarded.eventId })).toMatchObject({ status: "discarded", run: null, waits: null });
    await service.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    expect(await service.recordEvent(scene.event(triggerId, "refused"))).toMatchObject({ status: "refused", isNew: false });
    await service.setTriggerMode({ scope }, { triggerId, mode: "enabled" });
  });

  it("captures one event for the builder, which starts nothing", async () => {
    const { scope } = scene;
    expect((await service.captureNext({ scope }, { triggerId, listen: true })).until).not.toBeNull();
    const recorded = await Promise.all(["c1", "c2", "c3"].map((key) => service.recordEvent(scene.event(triggerId, key))));
    expect(recorded.map(({ status }) => status).sort()).toEqual(["captured", "received", "received"]);
    expect((await service.getTrigger({ scope }, { triggerId })).captureUntil).toBeNull();
    const captured = recorded.find(({ status }) => status === "captured")!;
    expect(await rawDb().run.count({ where: { id: captured.runId } })).toBe(0);
  });

  it("seals headers and bodies when the workspace wants it", async () => {
    const { scope } = scene;
    await service.setInboxSettings({ scope }, { sealEvents: true });
    const { eventId } = await service.recordEvent({ ...scene.event(triggerId, "sealed", { n: 3, card: "4111-1111" }), headers: { "x-token": "t0ps3cret" } });
    await untilStarted(eventId);
    const row = await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: eventId } });
    expect(Buffer.from(row.body!).includes("4111")).toBe(false);
    expect(JSON.stringify(row.headers)).not.toContain("t0ps3cret");
    expect(row.input).toBeNull();
    expect(await service.getEvent({ scope }, { eventId })).toMatchObject({ sealed: true, headers: { "x-token": "t0ps3cret" }, value: { body: { n: 3, card: "4111-1111" } } });
    await service.setInboxSettings({ scope }, { sealEvents: false });
  });

  it("puts large bodies into the blob store", async () => {
    const { eventId, runId } = await service.recordEvent(scene.event(triggerId, "large", { n: 5, text: "x".repeat(100_000) }));
    await untilStarted(eventId);
    expect(await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: eventId } })).toMatchObject({ body: null, bodySize: 100_017 });
    expect((await rawDb().run.findUniqueOrThrow({ where: { id: runId } })).input).toMatchObject({ n: 5 });
  });

  it("gives a run what is too large for its row by where it lies, once, however often its event is prepared", async () => {
    const { eventId, runId } = await storeEvent(scene.event(triggerId, "larger", { n: 7, text: "x".repeat(300_000) }));
    const prepared = async () => prepareEvent((await readReceived([eventId]))[0]!);
    const [first, second] = [await prepared(), await prepared()];
    expect(second.run?.trigger).toBe(first.run?.trigger);
    await commitEvent(second);
    const [{ trigger, input }] = (await sharedPool().query<{ trigger: string; input: string }>("select trigger::text, input::text from run where id = $1", [runId])).rows as [{ trigger: string; input: string }];
    const event = JSON.parse((await readBlobText(scene.scope.workspaceId, readBlobReference(trigger)!.id))!) as unknown;
    expect([JSON.parse(input), event]).toMatchObject([{ n: 7 }, { kind: "webhook", body: { n: 7, text: "x".repeat(300_000) } }]);
    expect(await rawDb().blob.count({ where: { ownerId: runId } })).toBe(1);
  });

  it("believes no marker that comes from outside", async () => {
    const body = { n: { $secret: ["Bearer ", { name: "KEY" }] } };
    const { eventId, runId } = await service.recordEvent(scene.event(triggerId, "marker", body));
    await untilStarted(eventId);
    expect((await rawDb().run.findUniqueOrThrow({ where: { id: runId } })).input).toMatchObject({ n: { $$secret: ["Bearer ", { name: "KEY" }] } });
  });
});

describe("triggers of a published version", () => {
  it("keep their id and address when their node is renamed, and are retired with it", async () => {
    const own = await TriggerScene.open([hook("one"), hook("two", { methods: ["PUT"] })]);
    const [one, two] = await own.triggers();
    const { url } = await service.getTrigger({ scope: own.scope }, { triggerId: one!.id });
    await own.republish([hook("renamed"), hook("two", { methods: ["PUT"], priority: 5 })]);
    expect((await own.triggers()).map(({ id, nodeId, priority }) => ({ id, nodeId, priority }))).toEqual([{ id: one!.id, nodeId: "renamed", priority: null }, { id: two!.id, nodeId: "two", priority: 5 }]);
    expect((await service.getTrigger({ scope: own.scope }, { triggerId: one!.id })).url).toBe(url);
    await own.republish([hook("renamed")]);
    expect((await own.triggers()).map(({ retiredAt }) => retiredAt === null)).toEqual([true, false]);
    expect(await service.recordEvent(own.event(two!.id, "gone"))).toMatchObject({ status: "refused" });
    await own.republish([hook("renamed"), hook("two", { methods: ["PUT"] })]);
    expect((await own.triggers()).map(({ id, retiredAt }) => ({ id, retiredAt }))).toEqual([{ id: one!.id, retiredAt: null }, { id: two!.id, retiredAt: null }]);
  });

  it("are changed in the builder alone, and may be operated", async () => {
    const { scope } = scene;
    await expect(service.updateTrigger({ scope }, { triggerId, name: "Mine" })).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(service.deleteTrigger({ scope }, { triggerId })).rejects.toMatchObject({ kind: "invalid_input" });
    const before = (await service.getTrigger({ scope }, { triggerId })).url;
    expect((await service.rotateToken({ scope }, { triggerId })).url).not.toBe(before);
  });

  it("refuse a mapping that reads what there is not", async () => {
    const bad = { schema: 1, nodes: [hook("in", { mapping: { type: "expression", value: "{{ steps.keep.output }}" } })], edges: [] };
    const { validateWorkflow } = await import("@/server/nodes/validate-workflow");
    expect(validateWorkflow(bad).problems).toMatchObject([{ code: "invalid_config", path: "/nodes/0/config/mapping/value" }]);
    expect(validateWorkflow(definitionWith([hook("in")])).problems).toEqual([]);
  });
});

describe("triggers made beside the workflow", () => {
  it("are made, changed and deleted without publishing", async () => {
    const { scope, workflowId } = scene;
    const { email, name } = await rawDb().user.findUniqueOrThrow({ where: { id: scope.userId! } });
    const base = { workflowId, kind: "webhook" as const, name: "Beside", config: {}, settings: {}, nodeId: null, versionNumber: null };
    const made = await service.createTrigger({ scope }, base);
    expect(made).toMatchObject({ declared: false, mode: "enabled", url: expect.stringContaining("/api/hooks/") as string, config: { methods: ["POST"] } });
    const changed = await service.updateTrigger({ scope }, { triggerId: made.id, config: { methods: ["GET"] }, settings: { mapping: { type: "jsonPath", fields: { n: "$.body.n" } }, runAs: email, priority: 7 }, versionNumber: 1 });
    expect(changed).toMatchObject({ config: { methods: ["GET"] }, versionNumber: 1, url: made.url, settings: { runAs: email } });
    const event = await service.recordEvent(scene.event(made.id, "acts for somebody"));
    await expect.poll(async () => rawDb().run.findUnique({ where: { id: event.runId } })).toMatchObject({ runAs: name, priority: 7 });
    await expect(service.updateTrigger({ scope }, { triggerId: made.id, settings: { mapping: { type: "jsonPath", fields: { n: "$.[" } } } })).rejects.toMatchObject({ data: { field: "mapping.fields.n" } });
    await expect(service.createTrigger({ scope }, { ...base, config: { methods: [] } })).rejects.toMatchObject({ data: { field: "config.methods" } });
    await service.deleteTrigger({ scope }, { triggerId: made.id });
    await expect(service.getTrigger({ scope }, { triggerId: made.id })).rejects.toMatchObject({ kind: "not_found" });
  });
});
