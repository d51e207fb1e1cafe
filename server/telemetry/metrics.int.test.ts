import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ClaimedRun } from "@/server/engine/ports";
import { sealAuditEvents } from "@/server/audit-chain/service";
import { recordAuditWith } from "@/server/audit/service";
import { countAttempt } from "@/server/auth/rate-limit";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { insertRun } from "@/server/queue/dispatch";
import { makeScope } from "@/server/testing/factories";
import { noteRequest, noteSignIn } from "@/server/web-counts/service";
import { WorkerRow } from "@/server/worker/worker-row";
import { flushUnknownCalls, noteUnknownCall } from "@/server/triggers/unknown-calls";
import { dueEvents } from "./gauges";
import { metricsResponse, noteDispatched, startWorkerTelemetry } from "./service";

afterAll(closeConnections);

const ask = (token: string | undefined = env.METRICS_TOKEN) => metricsResponse(new Request("http://localhost/metrics", { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }));
const lines = async () => (await (await ask()).text()).split("\n");

async function worker(name: string, finished: number) {
  const telemetry = startWorkerTelemetry(name, null);
  const run = { mode: "production", triggerKind: "manual", createdAt: 0, startedAt: 0 } as ClaimedRun;
  for (let n = 0; n < finished; n++) telemetry.observer.runEnded(run, { status: "succeeded", finishedAt: 500 });
  const row = new WorkerRow({ id: newId(), name, version: "1.2.3", pools: ["default"], slots: 7, capacity: { cpu: 1, memoryMb: 512 } }, () => ({ busySlots: 2, heldRuns: 3 }), (error) => { throw error; }, { metrics: telemetry.metrics });
  await row.set("active");
  return row;
}

describe("/metrics", () => {
  it("is closed without the token", async () => {
    await expect(ask("")).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(ask("something-else-of-this-length")).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it("tells of all workers under their names, of the queue and of the database", async () => {
    const { workspaceId, db } = await makeScope();
    const id = newId();
    await db.transaction((tx) => insertRun(tx, { id, workspaceId, workflowId: null, versionId: null, mode: "production", pool: "metrics", priority: 0, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: id, depth: 0, labels: {}, options: {} }));
    const rows = [await worker("one", 2), await worker("two", 3)];
    const told = await lines();
    expect(told).toContain('millrace_runs_finished_total{status="succeeded",mode="production",trigger="manual",worker="one"} 2');
    expect(told).toContain('millrace_runs_finished_total{status="succeeded",mode="production",trigger="manual",worker="two"} 3');
    expect(told).toContain('millrace_queue_runs{pool="metrics",state="queued"} 1');
    expect(told).toContain('millrace_worker_slots{worker="one",version="1.2.3"} 7');
    expect(told.filter((line) => line.startsWith("# TYPE millrace_runs_finished_total"))).toHaveLength(1);
    expect(told.find((line) => line.startsWith("millrace_database_bytes "))).toMatch(/ [1-9]\d{5,}$/);
    for (const row of rows) await row.set("stopped");
    expect(await lines()).toContain('millrace_runs_finished_total{status="succeeded",mode="production",trigger="manual",worker="two"} 3');
    expect((await lines()).some((line) => line.startsWith('millrace_worker_slots{worker="one"'))).toBe(false);
  });

  it("counts what was turned away, and calls of addresses that nobody has", async () => {
    const { workspaceId } = await makeScope();
    const [workflowId, id] = [newId(), newId()];
    await rawDb().workflow.create({ data: { id: workflowId, workspaceId, name: "Called", slug: workflowId, draft: {} } });
    await rawDb().trigger.create({ data: { id, workspaceId, workflowId, kind: "webhook", name: "Called", config: {}, refusals: { unverified: { count: 4, lastAt: new Date().toISOString() } } } });
    noteUnknownCall("hook");
    await flushUnknownCalls();
    const told = await lines();
    expect(told).toContain('millrace_requests_turned_away{reason="unverified"} 4');
    expect(told).toContain('millrace_requests_unknown{place="hook"} 1');
  });

  it("counts requests, sign-ins and limits of the web part, and tells of the audit log", async () => {
    noteRequest("POST", "/api/trpc/runs.start?batch=1", 403, 0.2);
    noteRequest("BREW", "/whatever", 200, 0.001);
    noteRequest("GET", "/api/live", 200, 900);
    noteSignIn("credentials");
    await rawDb().$executeRaw`insert into rate_limit (key, count, expires_at) values ('answerLinkByAddress:192.0.2.7', 999, now() + interval '1 hour')`;
    await expect(countAttempt("answerLinkByAddress", "192.0.2.7")).rejects.toMatchObject({ kind: "rate_limited" });
    const { organizationId } = await makeScope();
    await rawDb().auditStream.create({ data: { id: newId(), organizationId, kind: "syslog", config: {}, failingSince: new Date() } });
    await recordAuditWith(sharedPool(), { organizationId, workspaceId: null, actor: { type: "system", id: null, name: "Test" } }, { action: "a.done" });
    const told = await lines();
    expect(told).toEqual(expect.arrayContaining([
      'millrace_http_requests_total{place="app",method="POST",status="403"} 1',
      'millrace_http_requests_total{place="pages",method="other",status="200"} 1',
      'millrace_http_request_seconds_bucket{le="0.1",place="app"} 0',
      'millrace_http_request_seconds_bucket{le="0.25",place="app"} 1',
      'millrace_http_request_seconds_count{place="app"} 1',
      'millrace_sign_ins_total{outcome="credentials"} 1',
      'millrace_rate_limited_total{limit="answerLinkByAddress"} 1',
      'millrace_audit_streams{kind="syslog",state="failing"} 1',
    ]));
    expect(told.some((line) => line.startsWith('millrace_http_request_seconds_count{place="live"}'))).toBe(false);
    const value = (name: string) => Number(told.find((line) => line.startsWith(`${name} `))?.split(" ")[1]);
    expect(value("millrace_audit_unsealed")).toBeGreaterThan(0);
    expect(value("millrace_audit_unsealed_seconds")).toBeGreaterThanOrEqual(0);
    await sealAuditEvents();
    expect(Number((await lines()).find((line) => line.startsWith("millrace_audit_stream_behind "))?.split(" ")[1])).toBeGreaterThan(0);
  });

  it("tells how many events wait, how long the oldest has, and how long it took until they were runs, by kind", async () => {
    const { workspaceId } = await makeScope();
    const [workflowId, id] = [newId(), newId()];
    await rawDb().workflow.create({ data: { id: workflowId, workspaceId, name: "Waiting", slug: workflowId, draft: {} } });
    await rawDb().trigger.create({ data: { id, workspaceId, workflowId, kind: "mqtt", name: "Waiting", config: {} } });
    const at = (seconds: number) => new Date(Date.now() - seconds * 1_000);
    for (const seconds of [90, 30]) await rawDb().triggerEvent.create({ data: { id: newId(), workspaceId, triggerId: id, dedupeKey: String(seconds), runId: newId(), receivedAt: at(seconds), dueAt: at(1) } });
    await rawDb().triggerEvent.create({ data: { id: newId(), workspaceId, triggerId: id, dedupeKey: "later", runId: newId(), receivedAt: at(900), dueAt: at(-900) } });
    noteDispatched("mqtt", at(60));
    noteDispatched("mqtt", at(-60));
    const told = await lines();
    expect(told).toContain('millrace_trigger_events_due{kind="mqtt"} 2');
    expect(Math.floor(Number(told.find((line) => line.startsWith('millrace_trigger_events_oldest_seconds{kind="mqtt"}'))!.split(" ")[1]) / 60)).toBe(1);
    expect(told).toContain('millrace_trigger_dispatch_seconds_bucket{le="0.005",kind="mqtt",worker=""} 1');
    expect(told).toContain('millrace_trigger_dispatch_seconds_bucket{le="300",kind="mqtt",worker=""} 2');
    // What a worker counts is stored with its heartbeat.
    const row = await worker("dispatching", 0);
    expect(await lines()).toContain('millrace_trigger_dispatch_seconds_count{kind="mqtt",worker="dispatching"} 2');
    await row.set("stopped");
  });

  it("tells of the events of each workspace, however many another has, and of kinds that have none", async () => {
    for (const kind of ["kafka", "amqp"]) {
      const { workspaceId } = await makeScope();
      const [workflowId, id] = [newId(), newId()];
      await rawDb().workflow.create({ data: { id: workflowId, workspaceId, name: "Flooded", slug: workflowId, draft: {} } });
      await rawDb().trigger.create({ data: { id, workspaceId, workflowId, kind, name: "Flooded", config: {} } });
      await rawDb().trigger.create({ data: { id: newId(), workspaceId, workflowId, kind: "sqs", name: "Silent", config: {} } });
      const at = new Date(Date.now() - 1_000);
      await rawDb().triggerEvent.createMany({ data: Array.from({ length: 50 }, (_, index) => ({ id: newId(), workspaceId, triggerId: id, dedupeKey: String(index), runId: newId(), dueAt: at })) });
    }
    const counted = async (atMost?: number) => new Map((await sharedPool().query<{ kind: string; value: number }>(dueEvents("coalesce(told.count, 0)::int", atMost))).rows.map(({ kind, value }) => [kind, value]));
    const few = await counted(30);
    expect([few.get("kafka"), few.get("amqp")]).toEqual([few.get("amqp"), expect.any(Number)]);
    expect(few.get("kafka")).toBeGreaterThan(0);
    expect([(await counted()).get("kafka"), (await counted()).get("amqp")]).toEqual([50, 50]);
    expect(await lines()).toEqual(expect.arrayContaining(['millrace_trigger_events_due{kind="sqs"} 0', 'millrace_trigger_events_oldest_seconds{kind="sqs"} 0']));
  });

  it("has every metric that the dashboard of the documentation asks for", async () => {
    const dashboard = fs.readFileSync(path.resolve(import.meta.dirname, "../../docs/grafana-dashboard.json"), "utf8");
    const asked = new Set(dashboard.match(/\b(millrace|nodejs|process)_[a-z0-9_]+/g)!.map((name) => name.replace(/_bucket$/, "")));
    const there = new Set((await lines()).filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2]!));
    expect([...asked].filter((name) => !there.has(name))).toEqual([]);
  });
});
