import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DefinitionInput } from "@/server/engine/definition";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { putBlob, readBlobText } from "@/server/blobs/service";
import type { Scope } from "@/server/auth/scope";
import { liveHub } from "@/server/live/hub";
import { flushRefusals } from "@/server/triggers/refusals";
import { flushUnknownCalls } from "@/server/triggers/unknown-calls";
import * as triggers from "@/server/triggers/service";
import { handleHook } from "./handle-hook";
import { IngressScene, jsonRequest as json, type Node } from "./testing/scene";

let scene: IngressScene;
let scope: Scope;

beforeAll(async () => {
  scene = await IngressScene.open({ HOOK_KEY: "s3cret" });
  scope = scene.scope;
});
afterAll(() => scene.close());

const ECHO: Node[] = [{ id: "echo", kind: "set", config: { values: { got: "{{ input }}", method: "{{ trigger.method }}", query: "{{ trigger.query }}" } } }];

/** A published workflow behind a webhook; answers how to call it. */
async function open(config: Record<string, unknown>, nodes: Node[] = ECHO, input: DefinitionInput["input"] = {}) {
  const workflowId = await scene.publish([{ id: "hook", kind: "trigger.webhook", config }, ...nodes], input, "Hooked");
  const trigger = (await rawDb().trigger.findFirstOrThrow({ where: { workflowId } }))!;
  const { url } = await triggers.getTrigger({ scope }, { triggerId: trigger.id });
  const call = (init: RequestInit & { path?: string } = {}) => handleHook(new Request(`${url}${init.path ?? ""}`, { method: "POST", ...init }), url!.split("/").at(-1)!);
  return { call, triggerId: trigger.id, workflowId };
}

const WAIT = { answer: { mode: "wait", timeoutSeconds: 150 } };

describe("a webhook", () => {
  it("answers 202 with the run it will become, and 200 with the output when it waits", async () => {
    const accept = await open({});
    const response = await accept.call(json({ n: 1 }));
    const { runId, duplicate } = (await response.json()) as { runId: string; duplicate: boolean };
    expect([response.status, duplicate]).toEqual([202, false]);
    await expect.poll(async () => (await rawDb().run.findUnique({ where: { id: runId } }))?.status).toBe("succeeded");
    const waiting = await open({ ...WAIT, methods: ["GET", "POST", "PUT"] });
    const answer = await waiting.call({ ...json({ n: 2 }), method: "PUT", path: "?a=1&a=2&b=3" });
    expect([answer.status, await answer.json()]).toEqual([200, { got: { n: 2 }, method: "PUT", query: { a: ["1", "2"], b: "3" } }]);
    expect(await (await waiting.call({ method: "GET", path: "?x=y" })).json()).toMatchObject({ got: { x: "y" } });
  });

  it("answers what a respond step says, while the run goes on", async () => {
    const { call } = await open(WAIT, [
      { id: "answer", kind: "respond", config: { status: 201, headers: { "x-order": "{{ input.n }}", "content-type": "text/csv" }, body: "a;b" } },
      { id: "later", kind: "delay", config: { seconds: 3_600 } },
    ]);
    const response = await call(json({ n: 7 }));
    expect([response.status, response.headers.get("x-order"), response.headers.get("content-type"), await response.text()]).toEqual([201, "7", "text/csv", "a;b"]);
  });

  it("attack: an answer sets no header that acts on the whole origin, neither by its step nor as an answer that was stored before", async () => {
    const acting = {
      "Clear-Site-Data": '"cookies"', NEL: "{}", "Report-To": "{}", "Reporting-Endpoints": 'a="https://evil.example"', "Strict-Transport-Security": "max-age=0", "Alt-Svc": "clear", Refresh: "0", "Service-Worker-Allowed": "/",
      "Access-Control-Allow-Credentials": "true", "Origin-Agent-Cluster": "?1", "Accept-CH": "UA", "Content-Security-Policy": "report-uri https://evil.example", "Content-Security-Policy-Report-Only": "x", "WWW-Authenticate": "Negotiate", "Set-Cookie": "a=b",
    };
    for (const [name, value] of Object.entries(acting)) {
      await expect(scene.publish([{ id: "hook", kind: "trigger.webhook", config: WAIT }, { id: "answer", kind: "respond", config: { headers: { [name]: value } } }], {}, "Acts")).rejects.toMatchObject({ kind: "invalid_definition", data: { problems: [{ message: expect.stringContaining("acts on more than this answer") as string }] } });
    }
    const late = await open(WAIT, [{ id: "answer", kind: "respond", config: { headers: "{{ input }}" } }]);
    expect((await late.call(json({ "Clear-Site-Data": '"cookies"' }))).status).toBe(500);
    const stored = await open(WAIT, [{ id: "answer", kind: "respond", config: { headers: { "x-a": "1" } } }, { id: "later", kind: "delay", config: { seconds: 3_600 } }]);
    const first = await stored.call({ ...json({ n: 1 }), headers: { "content-type": "application/json", "idempotency-key": "once" } });
    expect(first.headers.get("x-a")).toBe("1");
    await rawDb().stepRun.updateMany({ where: { runId: first.headers.get("x-run-id")!, nodeId: "answer" }, data: { output: { headers: { ...acting, "x-a": "1" } } } });
    const again = await stored.call({ ...json({ n: 1 }), headers: { "content-type": "application/json", "idempotency-key": "once" } });
    expect([again.headers.get("x-a"), Object.keys(acting).filter((name) => again.headers.has(name))]).toEqual(["1", ["Content-Security-Policy"]]);
    expect(again.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
  });

  it("says that a run failed, and nothing of why", async () => {
    const { call } = await open(WAIT, [{ id: "bad", kind: "fail", config: { message: "inner detail" } }]);
    const response = await call(json({}));
    const text = await response.text();
    expect([response.status, text.includes("inner")]).toEqual([500, false]);
  });

  it("streams steps and the output", async () => {
    const { call } = await open({ answer: { mode: "stream" } });
    const response = await call(json({ n: 3 }));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = (await response.text()).split("\n\n").filter((one) => one.startsWith("event:"));
    expect(events.map((one) => one.split("\n")[0])).toEqual(["event: run", "event: step", "event: step", "event: output"]);
    expect(events.at(-1)).toContain('"got":{"n":3}');
  });

  it("keeps what its filter is not for as filtered, starts no run of that and says so; whoever sends it again has its run", async () => {
    for (const answer of ["accept", "wait", "stream"]) {
      const { call, triggerId } = await open({ answer: { mode: answer }, filter: "{{ trigger.body.n > 1 && trigger.headers['x-kind'] === 'order' }}", dedupe: { type: "jsonPath", path: "$.n" } });
      const send = (n: number) => call({ ...json({ n }), headers: { "content-type": "application/json", "x-kind": "order" } });
      const refused = await send(1);
      expect([refused.status, await refused.json()]).toEqual([202, { runId: null, eventId: expect.any(String) as string, duplicate: false, filtered: true }]);
      expect(await (await send(1)).json()).toMatchObject({ runId: null, duplicate: true, filtered: true });
      expect((await send(2)).ok).toBe(true);
      await expect.poll(async () => (await triggers.listEvents({ scope }, { triggerId, limit: 10 })).items.map(({ status }) => status).sort()).toEqual(["filtered", "started"]);
      expect(await rawDb().run.count({ where: { triggerId } })).toBe(1);
      const { items } = await triggers.listEvents({ scope }, { triggerId, limit: 10, status: "filtered" });
      const { runId } = await triggers.resendEvent({ scope }, { eventId: items[0]!.id });
      await expect.poll(async () => (await rawDb().run.findUnique({ where: { id: runId } }))?.status).toBe("succeeded");
    }
  });

  it("says so too of one that another process finds its filter not to be for", async () => {
    for (const answer of ["wait", "stream"]) {
      const { call, triggerId } = await open({ answer: { mode: answer }, filter: "{{ false }}", dedupe: { type: "jsonPath", path: "$.n" } });
      await call(json({ n: 1 }));
      const [event] = await rawDb().triggerEvent.updateManyAndReturn({ where: { triggerId }, data: { status: "received", processedAt: null, dueAt: new Date(Date.now() + 3_600_000) } });
      const subscribe = vi.spyOn(liveHub(), "subscribe");
      try {
        const answered = call(json({ n: 1 }));
        await expect.poll(() => subscribe.mock.calls.some(([{ topics }]) => topics.has(`run:${event!.runId}`))).toBe(true);
        await rawDb().triggerEvent.update({ where: { id: event!.id }, data: { status: "filtered", processedAt: new Date() } });
        const response = await answered;
        expect([response.status, await response.text()]).toEqual([202, JSON.stringify({ runId: null, eventId: event!.id, duplicate: true, filtered: true })]);
      } finally {
        subscribe.mockRestore();
      }
    }
  });

  it("reads forms, files, XML, text and bytes", async () => {
    const { call, triggerId } = await open({ ...WAIT, maxBodyKb: 10 });
    expect(await (await call({ body: new URLSearchParams("a=1&a=2&b=x") })).json()).toMatchObject({ got: { a: ["1", "2"], b: "x" } });
    const form = new FormData();
    form.append("title", "Grüße");
    form.append("doc", new File(["hello file"], "grüße.txt", { type: "text/plain" }));
    const { got } = (await (await call({ body: form })).json()) as { got: { title: string; doc: { $file: { id: string; name: string; mediaType: string; size: number } } } };
    expect(got).toMatchObject({ title: "Grüße", doc: { $file: { name: "grüße.txt", mediaType: "text/plain", size: 10 } } });
    expect(await readBlobText(scope.workspaceId, got.doc.$file.id)).toBe("hello file");
    expect(await (await call({ body: '<order id="7"><line>A</line><line>B</line></order>', headers: { "content-type": "application/xml" } })).json()).toMatchObject({ got: { order: { "@id": "7", line: ["A", "B"] } } });
    expect(await (await call({ body: "plain", headers: { "content-type": "text/plain" } })).json()).toMatchObject({ got: "plain" });
    const bytes = (await (await call({ body: Buffer.from([0, 255, 254]), headers: { "content-type": "application/octet-stream" } })).json()) as { got: { $file: { size: number } } };
    expect(bytes.got.$file.size).toBe(3);
    const big = await call(json({ text: "x".repeat(11_000) }));
    expect([big.status, await big.json()]).toMatchObject([413, { limitBytes: 10_240 }]);
    await flushRefusals();
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).refusals).toMatchObject({ too_large: { count: 1 } });
  });

  it("says where a body stops being JSON or XML", async () => {
    const { call } = await open({});
    const broken = await call(json('{\n  "a": 1,\n  "b": }'));
    expect([broken.status, await broken.json()]).toMatchObject([400, { errors: [{ field: "body", line: 3, column: 8, position: 19 }] }]);
    expect((await call({ body: "<a><b></a>", headers: { "content-type": "text/xml" } })).status).toBe(400);
    expect((await call({ body: "x", headers: { "content-type": "multipart/form-data" } })).status).toBe(400);
  });

  it("names the field that does not fit the workflow's input", async () => {
    const { call } = await open(WAIT, ECHO, { type: "object", properties: { n: { type: "integer" } }, required: ["n"] });
    const response = await call(json({ n: "one" }));
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ field: "input/n" }] }]);
  });

  it("lets in only what proves where it comes from", async () => {
    const { call, triggerId } = await open({ auth: { type: "github", secret: "HOOK_KEY" } });
    const body = '{"a":1}';
    const sign = (key: string) => ({ "x-hub-signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}` });
    expect((await call(json(body, sign("s3cret")))).status).toBe(202);
    const answers = await Promise.all([call(json(body)), call(json(body, sign("wrong"))), call(json(`${body} `, sign("s3cret")))]);
    expect(new Set(await Promise.all(answers.map(async (one) => `${one.status} ${await one.text()}`))).size).toBe(1);
    expect(answers[0]!.status).toBe(401);
    const unset = await open({ auth: { type: "bearer", secret: "NOT_THERE" } });
    expect((await unset.call(json({}, { authorization: "Bearer " }))).status).toBe(401);
    await flushRefusals();
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).refusals).toMatchObject({ unverified: { count: 3 } });
    const [event] = await rawDb().triggerEvent.findMany({ where: { triggerId } });
    expect(JSON.stringify(event)).not.toContain("s3cret");
  });

  it("attack: a secret is guessed so often from one address, and no oftener; others are let in all the while", async () => {
    const { call } = await open({ auth: { type: "basic", username: "ada", secret: "HOOK_KEY" } });
    const from = (ip: string, password: string) => call({ ...json({}), headers: { "content-type": "application/json", "x-forwarded-for": ip, authorization: `Basic ${Buffer.from(`ada:${password}`).toString("base64")}` } });
    for (let count = 0; count < 60; count += 1) expect((await from("10.1.1.1", `wrong ${count}`)).status).toBe(401);
    const refused = await from("10.1.1.1", "wrong again");
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await from("10.1.1.1", "s3cret")).status).toBe(429);
    expect((await from("10.1.1.2", "s3cret")).status).toBe(202);
  });

  it("attack: a body that names a file of the workspace has it not", async () => {
    const { call, triggerId } = await open(WAIT);
    const { id } = await putBlob({ workspaceId: scope.workspaceId, owner: { type: "run", id: newId() } }, "not theirs");
    const response = await call(json({ f: { $file: { id, name: "a", mediaType: "text/plain", size: 1 } } }));
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("names a file that did not come with the event")]);
    expect(await rawDb().triggerEvent.findMany({ where: { triggerId }, select: { status: true } })).toEqual([{ status: "failed" }]);
    expect(await rawDb().blobShare.count({ where: { blobId: id } })).toBe(0);
  });

  it("answers the handshakes of Slack and Meta", async () => {
    const slack = await open({ auth: { type: "slack", secret: "HOOK_KEY" } });
    const body = JSON.stringify({ type: "url_verification", challenge: "c-1" });
    const time = String(Math.floor(Date.now() / 1_000));
    const signature = `v0=${createHmac("sha256", "s3cret").update(`v0:${time}:${body}`).digest("hex")}`;
    expect(await (await slack.call(json(body, { "x-slack-request-timestamp": time, "x-slack-signature": signature }))).text()).toBe("c-1");
    expect((await slack.call(json(body))).status).toBe(401);
    const meta = await open({ metaVerifySecret: "HOOK_KEY", auth: { type: "github", secret: "HOOK_KEY" } });
    const ask = (token: string) => meta.call({ method: "GET", path: `?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}` });
    expect([(await ask("nope")).status, await (await ask("s3cret")).text()]).toEqual([401, "42"]);
    expect(await rawDb().triggerEvent.count({ where: { triggerId: { in: [slack.triggerId, meta.triggerId] } } })).toBe(0);
  });

  it("takes the same event once, by header, path or body", async () => {
    const sent = (type: string) => (body: string) => ({ body, headers: { "content-type": type } });
    const parts = (id: string) => {
      const body = new FormData();
      body.set("id", id);
      return { body };
    };
    const [form, xml, text] = [sent("application/x-www-form-urlencoded"), sent("application/xml"), sent("text/plain")];
    for (const [dedupe, same, other] of [
      [{ type: "header", header: "x-id" }, json({ n: 1 }, { "x-id": "1" }), json({ n: 1 }, { "x-id": "2" })],
      [{ type: "jsonPath", path: "$.event.id" }, json({ event: { id: 1 }, n: 1 }), json({ event: { id: 2 } })],
      [{ type: "jsonPath", path: "$.id" }, form("id=1&n=1"), form("id=2&n=1")],
      [{ type: "jsonPath", path: "$.id" }, parts("1"), parts("2")],
      [{ type: "jsonPath", path: "$.order.id" }, xml("<order><id>1</id></order>"), xml("<order><id>2</id></order>")],
      ...[form, text, sent("application/octet-stream")].map((said) => [{ type: "jsonPath", path: "$.id" }, said('{"id":1}'), said('{"id":2}')] as const),
      // What a form would read of it is the same in both.
      [{ type: "jsonPath", path: "$.id" }, form('{"id":1,"url":"https://x.example/?page=2&id=9&x=1"}'), form('{"id":2,"url":"https://x.example/?page=2&id=9&x=1"}')],
      [{ type: "body" }, json({ n: 1 }), json({ n: 2 })],
    ] as const) {
      const { call, triggerId } = await open({ dedupe, ...WAIT });
      const answers = await Promise.all([call(same), call(same), call(other)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers[0]!.headers.get("x-run-id")).toBe(answers[1]!.headers.get("x-run-id"));
      expect(await rawDb().run.count({ where: { triggerId } })).toBe(2);
    }
  });

  it("keeps to its methods, addresses and rate", async () => {
    const { call } = await open({ allowIps: ["10.0.0.0/8"] });
    expect([(await call({ ...json({}), headers: { "x-forwarded-for": "11.0.0.1" } })).status, (await call({ headers: { "x-forwarded-for": "1.1.1.1, 10.2.3.4" } })).status]).toEqual([403, 202]);
    const get = await (await open({})).call({ method: "GET" });
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    const limited = await open({ ratePerMinute: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => limited.call(json({}))));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 429]);
    expect(Number(answers.find(({ status }) => status === 429)!.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("takes nothing in while it is paused so, and says when it does again", async () => {
    const { call, triggerId } = await open({});
    const pause = () => triggers.pauseTrigger({ scope }, { triggerId, until: new Date(Date.now() + 3_600_000).toISOString(), policy: "refuse" });
    await pause();
    const answer = await call(json({}));
    expect([answer.status, await answer.json()]).toMatchObject([503, { title: "Paused" }]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(3_500);
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(0);
    await triggers.resumeTrigger({ scope }, { triggerId });
    expect((await call(json({ n: 1 }))).status).toBe(202);
    await pause();
    // Disabled is more than that, and ends it.
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    expect((await call(json({ n: 2 }))).status).toBe(410);
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "enabled" });
    expect((await call(json({ n: 2 }))).status).toBe(202);
  });

  it("knows no token but its own, and is gone when it is disabled", async () => {
    const { call, triggerId } = await open({});
    const unknown = async () => (await rawDb().unknownCall.findMany({ where: { place: "hook" } })).reduce((sum, { count }) => sum + Number(count), 0);
    await flushUnknownCalls();
    const before = await unknown();
    expect((await handleHook(new Request("http://localhost/api/hooks/x", { method: "POST" }), "x")).status).toBe(404);
    await flushUnknownCalls();
    expect(await unknown()).toBe(before + 1);
    expect(await triggers.listUnknownCalls()).toContainEqual({ place: "hook", count: before + 1, lastAt: expect.any(String) as string });
    // One that is nearly right is found as little as any other: by its hash.
    const { url } = await triggers.getTrigger({ scope }, { triggerId });
    const token = url!.split("/").at(-1)!;
    const told = async (wrong: string) => {
      const answer = await handleHook(new Request(`http://localhost/api/hooks/${wrong}`, { method: "POST" }), wrong);
      return [answer.status, Object.fromEntries(answer.headers), await answer.text()];
    };
    const nearly = [`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, token.slice(0, -1), `${token}A`, token.toUpperCase()];
    for (const wrong of nearly) expect(await told(wrong)).toEqual(await told("x"));
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    expect((await call(json({}))).status).toBe(410);
    await flushRefusals();
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).refusals).toMatchObject({ closed: { count: 1 } });
    await triggers.captureNext({ scope }, { triggerId, listen: true });
    expect((await call(json({ sample: true }))).status).toBe(202);
    expect((await call(json({}))).status).toBe(410);
    expect(await rawDb().triggerEvent.findMany({ where: { triggerId } })).toMatchObject([{ status: "captured" }]);
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "enabled" });
    await triggers.rotateToken({ scope }, { triggerId });
    expect((await call(json({}))).status).toBe(404);
  });
});
