import fs from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { handleRest } from "@/server/rest/dispatch";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import { remoteTarget } from "./remote-target";
import { runFile } from "./run-command";

const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "millrace-remote-")), "greet.yaml");
let worker: InstallationWorker;
let door: { url: string; close(): void };
let workspaceId: string;
let token: string;

type Answer = (outgoing: ServerResponse, real: Response) => void | Promise<void>;
/** What becomes of the next answers, by method; then they go out as they are. */
const trouble: Record<"GET" | "POST", Answer[]> = { GET: [], POST: [] };
const broken: Answer = (outgoing) => void outgoing.destroy();
const status = (code: number, headers: Record<string, string> = {}): Answer => (outgoing) => void outgoing.writeHead(code, headers).end("<html>");
const cutOff: Answer = async (outgoing, real) => {
  const whole = await real.text();
  outgoing.writeHead(200, { "content-type": "application/json", "content-length": String(whole.length) });
  outgoing.write(whole.slice(0, 5), () => outgoing.destroy());
};

/** The API behind a door that loses answers: what was asked for happens. */
async function openDoor() {
  const http = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, close: () => http.close() };
}

async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const method = incoming.method as "GET" | "POST";
  const body = await text(incoming);
  const headers = new Headers(Object.entries(incoming.headers).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  const real = await handleRest(new Request(`http://localhost${incoming.url ?? ""}`, { method, headers, body: body === "" ? undefined : body }));
  const answer = trouble[method].shift();
  if (answer !== undefined) return answer(outgoing, real);
  outgoing.writeHead(real.status, Object.fromEntries(real.headers)).end(await real.text());
}

beforeAll(async () => {
  const definition = { schema: 1, output: "Hello {{ input.name }}", nodes: [{ id: "start", kind: "trigger.manual" }, { id: "say", kind: "set", config: { values: { a: 1 } } }], edges: [{ from: "start", to: "say" }] };
  fs.writeFileSync(file, JSON.stringify(definition));
  const scope = await makeScope("owner");
  workspaceId = scope.workspaceId;
  token = (await createToken({ scope }, { name: "cli", scopes: ["workflow:write", "run:start", "run:read", "run:cancel"], expiresInDays: 1 })).token;
  worker = startInstallationWorker(() => {});
  door = await openDoor();
});
afterAll(async () => {
  door.close();
  await worker.stop();
  await closeConnections();
});

async function run(key?: string, url = door.url) {
  const said = { out: "", err: "" };
  const into = (name: keyof typeof said) => new Writable({ write: (chunk: Buffer, _encoding, done) => ((said[name] += chunk.toString()), done()) }) as unknown as typeof process.stdout;
  const note = (line: string) => void (said.err += `${line}\n`);
  const code = await runFile(file, { input: '{"name":"Ada"}' }, async () => remoteTarget(url, token, { ...(key === undefined ? {} : { key }), note }), into("out"), into("err") as unknown as typeof process.stderr);
  return { code, ...said };
}

const runs = () => rawDb().run.count({ where: { workspaceId } });

test("follows its run through what the way to the server does, tells its id first, and starts it once though the answer got lost", async () => {
  trouble.POST = [broken, status(502)];
  trouble.GET = [broken, status(503), status(429, { "retry-after": "0" }), cutOff];
  const { code, out, err } = await run();
  expect([code, JSON.parse(out)]).toEqual([0, "Hello Ada"]);
  expect(err).toMatch(/Trying again\.\nRun [0-9a-f-]{36}\n/);
  expect(trouble).toEqual({ GET: [], POST: [] });
  expect(await runs()).toBe(1);
});

test("goes on with the first run under the same key, and gives up at once where nothing can have begun", async () => {
  const before = await runs();
  const [first, again] = [await run("deploy 7"), await run("deploy 7")];
  expect([again.code, again.out, again.err.split("\n")[0]]).toEqual([0, first.out, first.err.split("\n")[0]]);
  expect(await runs()).toBe(before + 1);
  // The first is a port that no client calls, nobody listens at the second.
  for (const nowhere of ["http://127.0.0.1:1", "http://127.0.0.1:2"]) await expect(run(undefined, nowhere)).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining("cannot be reached") as string });
  trouble.POST = [status(401)];
  await expect(run()).rejects.toMatchObject({ exitCode: 4 });
});
