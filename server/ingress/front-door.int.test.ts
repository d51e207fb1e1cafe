import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-node";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawDb } from "@/server/db/client";
import { startTracing } from "@/server/telemetry/service";
import { createTrigger, dispatchDue, getTrigger, releaseHeld, setTriggerMode } from "@/server/triggers/service";
import { ingressOf } from "./front-door";
import { streamRun } from "./stream-run";
import { IngressScene, jsonRequest, type Node } from "./testing/scene";

let scene: IngressScene;
let server: http.Server;
let origin: string;

beforeAll(async () => {
  scene = await IngressScene.open();
  server = http.createServer((request, response) => {
    const answer = ingressOf(request);
    if (answer === null) response.writeHead(418).end("the framework's");
    else answer(response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await scene.close();
});

const ECHO: Node[] = [{ id: "echo", kind: "set", config: { values: { got: "{{ input }}", query: "{{ trigger.query }}" } } }];

async function open(config: Record<string, unknown>, nodes = ECHO): Promise<string> {
  const workflowId = await scene.publish([{ id: "hook", kind: "trigger.webhook", config }, ...nodes]);
  const { id: triggerId } = await rawDb().trigger.findFirstOrThrow({ where: { workflowId } });
  const { url } = await getTrigger({ scope: scene.scope }, { triggerId });
  return `${origin}${new URL(url!).pathname}`;
}

describe("requests over HTTP that never reach the web framework", () => {
  it("answer as webhooks and routes do", async () => {
    const hook = await open({ answer: { mode: "wait", timeoutSeconds: 150 } });
    const answer = await fetch(`${hook}?a=1`, jsonRequest({ n: 1 }));
    expect([answer.status, await answer.json()]).toEqual([200, { got: { n: 1 }, query: { a: "1" } }]);
    const workflowId = await scene.publish(ECHO);
    await createTrigger({ scope: scene.scope }, { workflowId, kind: "route", name: "Over HTTP", config: { auth: { type: "none" }, path: "/over/:way" }, settings: {}, nodeId: null, versionNumber: null });
    const routed = await fetch(`${origin}/api/r/${scene.scope.workspace.slug}/over/http`, jsonRequest({ n: 2 }));
    expect([routed.status, await routed.json()]).toMatchObject([200, { got: { way: "http", n: 2 } }]);
    const missing = await fetch(`${origin}/api/hooks/no-such-token`, jsonRequest({}));
    expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });

  it("stream, and end when their reader has gone", async () => {
    const hook = await open({ answer: { mode: "stream" } });
    const streamed = await fetch(hook, jsonRequest({ n: 1 }));
    expect(streamed.headers.get("content-type")).toContain("text/event-stream");
    expect(await streamed.text()).toContain("event: output");
    const slow = await open({ answer: { mode: "stream" } }, [{ id: "later", kind: "delay", config: { seconds: 3_600 } }]);
    const gone = new AbortController();
    const streaming = await fetch(slow, { ...jsonRequest({}), signal: gone.signal });
    await streaming.body!.getReader().read();
    gone.abort();
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count))), { timeout: 60_000 }).toBeLessThanOrEqual(1);
  });

  it("are compressed for who can read that, and refused before a large body is read", async () => {
    const long = "word ".repeat(2_000);
    const hook = await open({ answer: { mode: "wait", timeoutSeconds: 150 }, maxBodyKb: 64 }, [{ id: "long", kind: "set", config: { values: { long } } }]);
    const answer = await fetch(hook, jsonRequest({}));
    expect([answer.headers.get("content-encoding"), ((await answer.json()) as { long: string }).long]).toEqual(["gzip", long]);
    expect(Number(answer.headers.get("content-length"))).toBeLessThan(1_000);
    const large = await fetch(hook, jsonRequest({ long: "x".repeat(100_000) }));
    expect([large.status, await large.json()]).toMatchObject([413, { limitBytes: 65_536 }]);
    const chunked = await fetch(hook, { method: "POST", headers: { "content-type": "text/plain" }, body: new Blob(["y".repeat(100_000)]).stream(), duplex: "half" } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  it("hear that a body without an announced length is too large while they still send it", async () => {
    const { hostname, port, pathname } = new URL(await open({ maxBodyKb: 64 }));
    const caller = net.connect({ host: hostname, port: Number(port) }).pause();
    const send = (text: string) => new Promise<void>((resolve, reject) => caller.write(text, (error) => (error ? reject(error) : setImmediate(resolve))));
    await send(`POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (let part = 0; part < 256; part++) await send(`4000\r\n${"z".repeat(0x4000)}\r\n`);
    caller.end("0\r\n\r\n");
    expect(await text(caller)).toMatch(/^HTTP\/1\.1 413 [^]*"limitBytes":65536/);
  });

  it("are cut off when they go on sending long after their answer", async () => {
    const { hostname, port, pathname } = new URL(await open({ maxBodyKb: 64 }));
    const caller = net.connect({ host: hostname, port: Number(port) }).setEncoding("utf8").on("error", () => {});
    let answered = "";
    caller.on("data", (part: string) => (answered += part));
    caller.write(`POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n${"z".repeat(0x20000)}\r\n`);
    const sending = setInterval(() => caller.write("1\r\nz\r\n"), 50);
    await new Promise((resolve) => caller.once("close", resolve));
    clearInterval(sending);
    expect(answered).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("hear of all steps of a long run, at the pace at which they read", async () => {
    const hook = await open({ answer: { mode: "accept" } }, [{ id: "each", kind: "forEach", config: { items: "{{ [...Array(1100).keys()] }}" } }, { id: "one", kind: "set", parent: { id: "each", slot: "body" }, config: { values: { n: "{{ item }}" } } }]);
    const { runId, eventId } = (await (await fetch(hook, jsonRequest({}))).json()) as { runId: string; eventId: string };
    const { triggerId, workspaceId } = await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: eventId } });
    await expect.poll(async () => (await rawDb().run.findUnique({ where: { id: runId } }))?.status, { timeout: 60_000 }).toBe("succeeded");
    const streamed = streamRun({ workspaceId, runId, eventId, triggerId }, 600, { signal: new AbortController().signal, mayListen: () => Promise.resolve(true) });
    const text = await streamed.text();
    expect(text.match(/^event: step$/gm)?.length).toBe(await rawDb().stepRun.count({ where: { runId } }));
    expect(text).toContain("event: output");
  });

  it("have a span in the caller's trace, which their runs go on with, and which says no address", async () => {
    const exporter = new InMemorySpanExporter();
    const tracing = (await startTracing("web", exporter))!;
    const [traceId, spanId] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
    const call = async (url: string, body: BodyInit) => (await fetch(url, { method: "POST", body, headers: { traceparent: `00-${traceId}-${spanId}-01` } })).json() as Promise<{ runId: string }>;
    const hook = await open({ answer: { mode: "accept" } });
    const files = new FormData();
    files.set("one", new Blob(["content"]), "one.txt");
    const runs = [await call(hook, "text"), await call(hook, files)];
    await tracing.flush();
    const spans = exporter.getFinishedSpans().filter(({ name }) => name === "POST /api/hooks");
    await tracing.stop();
    expect(spans.map((span) => span.parentSpanContext?.spanId)).toEqual([spanId, spanId]);
    expect(spans[0]!.attributes).toEqual({ "http.request.method": "POST", "http.route": "/api/hooks", "http.response.status_code": 202 });
    for (const [index, { runId }] of runs.entries()) {
      await expect.poll(async () => (await rawDb().run.findUnique({ where: { id: runId } }))?.options).toMatchObject({ trace: `00-${traceId}-${spans[index]!.spanContext().spanId}-01` });
    }
  });

  it("leave their trace with the event, for whichever process makes its run later", async () => {
    const tracing = (await startTracing("web", new InMemorySpanExporter()))!;
    const traceId = "5bf92f3577b34da6a3ce929d0e0e4736";
    const hook = await open({ answer: { mode: "accept" } });
    const { id: triggerId } = await rawDb().trigger.findFirstOrThrow({ where: { workspaceId: scene.scope.workspaceId }, orderBy: { id: "desc" } });
    await setTriggerMode({ scope: scene.scope }, { triggerId, mode: "suspended" });
    const { runId } = (await (await fetch(hook, { ...jsonRequest({}), headers: { "content-type": "application/json", traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })).json()) as { runId: string };
    await tracing.stop();
    await releaseHeld({ scope: scene.scope }, { triggerId });
    await dispatchDue();
    expect((await rawDb().run.findUniqueOrThrow({ where: { id: runId } })).options).toMatchObject({ trace: expect.stringContaining(traceId) as string });
  });

  it("leave everything else to it", async () => {
    const status = async (path: string, method = "POST") => (await fetch(`${origin}${path}`, { method })).status;
    expect(await Promise.all([status("/api/hooks"), status("/api/hooks/a/b"), status("/api/trpc/x"), status("/hooks/a"), status("/api/hooks/a", "OPTIONS"), status("/api/r/a", "HEAD")])).toEqual(Array(6).fill(418));
    const { port } = server.address() as AddressInfo;
    const raw = (path: string) => new Promise((resolve, reject) => http.get({ host: "127.0.0.1", port, path }, (answer) => resolve(answer.resume().statusCode)).once("error", reject));
    expect(await raw("/api/r/../trpc/health")).toBe(404);
  });
});
