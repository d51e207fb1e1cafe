import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createChannel, createRule, deliverDue } from "@/server/alerts/service";
import { type HookSink, openHookSink } from "@/server/alerts/testing/sinks";
import { sealAuditEvents } from "@/server/audit-chain/service";
import { deliverStreams, ownerOf, saveStream } from "@/server/audit-streams/service";
import { saveStreamInput } from "@/server/audit-streams/contract";
import { openSystemOrganizationScope } from "@/server/auth/organization-scope";
import { createAdapter } from "@/server/catalog/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { dispatchFacts, followRuns } from "@/server/facts/service";
import { json, startLocalServer, type LocalServer } from "@/server/nodes/testing/local-server";
import * as runs from "@/server/runs/service";
import { putSecret } from "@/server/secrets/service";
import { makeScope } from "@/server/testing/factories";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const VALUE = 's3cr3t "quoted"/a+b=c&d~(e)!';
const base64 = (text: string) => Buffer.from(text).toString("base64");
/** As the other side may write it. */
const FORMS = {
  plain: VALUE, percent: encodeURIComponent(VALUE), form: new URLSearchParams({ v: VALUE }).toString().slice(2), json: JSON.stringify({ v: VALUE }),
  base64: base64(VALUE), basic: base64(`ada:${VALUE}`), hex: Buffer.from(VALUE).toString("hex"),
};
/** Long enough to be nobody else's. */
const NEEDLES = [VALUE, 's3cr3t \\"quoted', encodeURIComponent(VALUE), FORMS.form, base64(VALUE), base64(`ada:${VALUE}`).slice(8, -4), FORMS.hex];

let server: LocalServer;
let hook: HookSink;
let worker: InstallationWorker;
beforeAll(async () => {
  hook = await openHookSink();
  server = await startLocalServer(({ url }, response) => answer(url, response));
  worker = startInstallationWorker(() => {});
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([server.close(), hook.close()]);
  await closeConnections();
});

function answer(url: string, response: ServerResponse): void {
  if (url.startsWith("/file")) response.writeHead(200, { "content-type": "application/octet-stream" }).end(JSON.stringify(FORMS));
  else if (url.startsWith("/v1/")) streamed(response);
  else json(response, FORMS, url.startsWith("/lost") ? 500 : 200);
}

/** As a model writes, word by word, and here letter by letter. */
function streamed(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const piece = (delta: object, finish: string | null) => response.write(`data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
  for (const content of `I was given ${VALUE}, ${FORMS.base64}.`) piece({ role: "assistant", content }, null);
  piece({}, "stop");
  response.end("data: [DONE]\n\n");
}

/** Every column of every table, whatever it is for. */
async function findInDatabase(needle: string): Promise<string[]> {
  const { rows } = await sharedPool().query<{ table: string; column: string; type: string }>(
    "select table_name as table, column_name as column, data_type as type from information_schema.columns join information_schema.tables using (table_schema, table_name) where table_schema = 'public' and table_type = 'BASE TABLE' and (data_type in ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying')) order by 1, 2");
  const found: string[] = [];
  for (const { table, column, type } of rows) {
    const holds = type === "bytea" ? `position(convert_to($1, 'UTF8') in "${column}") > 0` : `position($1 in "${column}"::text) > 0`;
    const { rowCount } = await sharedPool().query(`select 1 from "${table}" where ${holds} limit 1`, [needle]);
    if (rowCount !== 0) found.push(`${table}.${column}: ${needle}`);
  }
  return found;
}

it("attack: a secret that the other side writes back stands nowhere: not in outputs, files, logs, errors, requests to models, streams, alerts or the audit", async () => {
  const scope = await makeScope("owner");
  await putSecret({ scope }, { name: "KEY", value: VALUE });
  await createAdapter({ scope }, { provider: "openai", slug: "echoing", name: "Echoing", description: "", config: { model: "m", apiKeySecret: "KEY", baseUrl: `${server.origin}/v1` } });
  const owner = ownerOf(await openSystemOrganizationScope(scope.organizationId));
  await saveStream(owner, saveStreamInput.parse({ config: { kind: "webhook", url: hook.url } }));
  const { id: channelId } = await createChannel({ scope }, { name: "Hook", config: { kind: "webhook", url: hook.url } });
  await createRule({ scope }, { name: "Failures", enabled: true, scopeType: "workspace", scopeId: null, conditions: [{ type: "runFailed" }], channelIds: [channelId], inApp: true });
  const pieces: string[] = [];
  const listener = await sharedPool().connect();
  listener.on("notification", ({ payload = "" }) => pieces.push((JSON.parse(payload) as { chunk: string }).chunk));
  await listener.query("listen millrace_stream");
  const auth = { type: "bearer", token: "{{ secrets.KEY }}" };
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Echo", description: "", definition: {
    schema: 1,
    nodes: [
      { id: "start", kind: "trigger.manual" },
      { id: "call", kind: "http", config: { url: `${server.origin}/echo`, auth } },
      { id: "load", kind: "http", config: { url: `${server.origin}/file`, auth, parse: "bytes" } },
      { id: "say", kind: "log", config: { message: "{{ steps.call.output.body.plain }} {{ steps.call.output.body.json }}", fields: { all: "{{ steps.call.output.body }}" } } },
      { id: "ask", kind: "llm", config: { adapter: "echoing", prompt: "{{ JSON.stringify(steps.call.output.body) }}" } },
      { id: "lost", kind: "http", config: { url: `${server.origin}/lost`, auth } },
    ],
    edges: [["start", "call"], ["call", "load"], ["load", "say"], ["say", "ask"], ["ask", "lost"]].map(([from, to]) => ({ from, to })),
  } as never });
  await workflows.publish({ scope }, { workflowId, note: "" });
  const { runId } = await runs.startRun({ scope }, { workflowId, mode: "production", input: {} });
  await vi.waitFor(async () => expect((await rawDb().run.findUniqueOrThrow({ where: { id: runId } })).finishedAt).not.toBeNull(), { timeout: 60_000, interval: 100 });
  const steps = await rawDb().stepRun.findMany({ where: { runId }, select: { nodeId: true, status: true }, orderBy: { seq: "asc" } });
  expect(steps.map(({ nodeId, status }) => `${nodeId} ${status}`), "what the test is about has happened").toEqual(expect.arrayContaining(["call succeeded", "load succeeded", "say succeeded", "ask succeeded", "lost failed"]));
  await vi.waitFor(() => expect(pieces.join("")).toBe("I was given [secret KEY], [secret KEY]."), { timeout: 60_000 });
  listener.release(true);
  // What another transaction still holds back is sealed and sent by the next turn.
  await vi.waitFor(async () => {
    for (const turn of [followRuns, dispatchFacts, deliverDue, sealAuditEvents, deliverStreams]) await turn();
    const requests = JSON.stringify(hook.requests);
    expect([requests.includes("millrace.audit"), requests.includes("runFailed")], "both were sent").toEqual([true, true]);
  }, { timeout: 60_000, interval: 100 });
  const sent = JSON.stringify(hook.requests) + pieces.join("");
  for (const needle of NEEDLES) {
    expect(sent).not.toContain(needle);
    expect(await findInDatabase(needle)).toEqual([]);
  }
});
