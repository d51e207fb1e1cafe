import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-node";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ClaimedRun } from "@/server/engine/ports";
import { createGuard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import { startWorkerTelemetry } from "./observer";
import { readTraceparent, runSpanId, stepSpanId, traceIdOf, writeTraceparent } from "./run-trace";
import { startTracing } from "./tracing";

const exporter = new InMemorySpanExporter();
const tracing = (await startTracing("worker", exporter))!;
const { observer, metrics } = startWorkerTelemetry("here", tracing);

const RUN = "0192a0b4-7c1e-7000-8000-0123456789ab";
const claim = { id: RUN, rootRunId: RUN, workspaceId: "w", workflowId: "f", mode: "production", triggerKind: "api", createdAt: 1_000, startedAt: 1_500, options: {} } as ClaimedRun;
const attempt = { path: "call", number: 1, nodeId: "call", kind: "http", startedAt: 1_600 };

beforeEach(() => exporter.reset());
afterAll(() => tracing.stop());

async function spans() {
  await tracing.flush();
  return Object.fromEntries(exporter.getFinishedSpans().map((span) => [span.name, span]));
}

describe("a traced run", () => {
  it("is a tree of run, step and outgoing call, whose trace the other side is told", async () => {
    const told: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      told.push(request.headers.traceparent as string | undefined);
      response.writeHead(503).end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret?token=1`;
    const http = createHttpClient({ guard: createGuard({ allow: ["127.0.0.1"] }), baseUrl: "http://elsewhere.invalid" });
    await observer.attempt(claim, attempt, () => http.send({ method: "GET", url, headers: {}, timeoutMs: 10_000, maxResponseBytes: 1_000, maxRedirects: 0 }), () => ({ status: "failed", code: "http_status" }));
    observer.runEnded(claim, { status: "failed", finishedAt: 2_000 });
    await http.close();
    server.close();
    const { run, "step call": step, GET: call } = await spans();
    expect(run!.spanContext()).toMatchObject({ traceId: RUN.replaceAll("-", ""), spanId: runSpanId(RUN) });
    expect(run!.parentSpanContext).toBeUndefined();
    expect(step!.parentSpanContext?.spanId).toBe(runSpanId(RUN));
    expect(step!.spanContext().spanId).toBe(stepSpanId(RUN, "call", 1));
    expect(call!.parentSpanContext?.spanId).toBe(stepSpanId(RUN, "call", 1));
    expect(told).toEqual([writeTraceparent({ traceId: traceIdOf(claim), spanId: call!.spanContext().spanId, sampled: true })]);
    expect(call!.attributes).toMatchObject({ "http.response.status_code": 503, "server.address": "127.0.0.1" });
    expect(JSON.stringify([run, step, call].map((span) => span!.attributes))).not.toContain("secret");
    expect(step!.status).toEqual({ code: 2, message: "http_status" });
    expect(run!.attributes).toMatchObject({ "millrace.run.id": RUN, "millrace.run.status": "failed" });
  });

  it("holds the call of an SDK, as of a language model, until its stream is over", async () => {
    const told: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      told.push(request.headers);
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: one\n\n");
      request.on("data", () => {}).on("end", () => response.end("data: two\n\n"));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat?key=secret`;
    const http = createHttpClient({ guard: createGuard({ allow: ["127.0.0.1"] }), baseUrl: "http://elsewhere.invalid" });
    const heard = await observer.attempt(claim, { ...attempt, path: "ask", nodeId: "ask", kind: "llm" }, async () => {
      const answer = await http.fetch(url, { method: "POST", headers: { "x-own": "kept" }, body: "{}" });
      expect((await spans()).POST).toBeUndefined();
      return answer.text();
    }, () => ({ status: "succeeded" }));
    const step = stepSpanId(RUN, "ask", 1);
    await expect.poll(async () => (await spans()).POST?.parentSpanContext?.spanId).toBe(step);
    const { POST: call } = await spans();
    expect([heard, told[0]!["x-own"], told[0]!.traceparent]).toEqual(["data: one\n\ndata: two\n\n", "kept", writeTraceparent({ traceId: traceIdOf(claim), spanId: call!.spanContext().spanId, sampled: true })]);
    expect(call!.attributes).toMatchObject({ "http.response.status_code": 200, "server.address": "127.0.0.1" });
    expect(JSON.stringify(call!.attributes)).not.toContain("secret");
    await http.close();
    server.close();
  });

  it("continues the trace of the request, and its child runs continue its own", async () => {
    const request = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", sampled: true };
    const started = { ...claim, options: { trace: writeTraceparent(request) } } as ClaimedRun;
    const trace = observer.traceOf(started, "sub", 2);
    const child = { ...claim, id: "0192a0b4-7c1e-7000-8000-00000000000c", options: { trace } } as ClaimedRun;
    observer.runEnded(child, { status: "succeeded", finishedAt: 2_000 });
    expect((await spans()).run!.parentSpanContext).toMatchObject({ traceId: request.traceId, spanId: stepSpanId(RUN, "sub", 2) });
    observer.runEnded(started, { status: "succeeded", finishedAt: 2_000 });
    expect(exporter.getFinishedSpans().length).toBe(1);
    expect((await spans()).run!.spanContext().traceId).toBe(request.traceId);
  });

  it("is not sent when the request's trace is not sampled", async () => {
    const quiet = { ...claim, options: { trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00" } } as ClaimedRun;
    await observer.attempt(quiet, attempt, () => Promise.resolve(1), () => ({ status: "succeeded" }));
    observer.runEnded(quiet, { status: "succeeded", finishedAt: 2_000 });
    expect(await spans()).toEqual({});
    expect(readTraceparent(observer.traceOf(quiet, "sub", 1))?.sampled).toBe(false);
  });
});

describe("traceparent", () => {
  it.each([undefined, "", "00-0-0-0", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`, "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])("%s is none", (text) => {
    expect(readTraceparent(text)).toBeNull();
  });
});

describe("metrics of a worker", () => {
  it("count what ended and how long it took, under its name", async () => {
    const values = Object.fromEntries((await metrics()).map(({ name, values: all }) => [name, all]));
    expect(values.millrace_runs_finished_total).toContainEqual(expect.objectContaining({ value: 1, labels: { status: "failed", mode: "production", trigger: "api", worker: "here" } }));
    expect(values.millrace_step_attempts_total).toContainEqual(expect.objectContaining({ value: 1, labels: { kind: "http", status: "failed", worker: "here" } }));
    expect(values.millrace_run_seconds).toContainEqual(expect.objectContaining({ metricName: "millrace_run_seconds_sum", value: 0.5, labels: { status: "failed", worker: "here" } }));
  });
});
