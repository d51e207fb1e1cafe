import { spawn } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordAuditWith } from "@/server/audit/service";
import { sealAuditEvents } from "@/server/audit-chain/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";
import { addEnvironments } from "@/server/environments/service";
import { handleRest } from "@/server/rest/dispatch";
import { bundledProgram } from "@/server/testing/bundled-program";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { createWorkflow, publish } from "@/server/workflows/service";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";

const root = path.resolve(import.meta.dirname, "../..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-cli-"));

const workflows = {
  greet: { input: { type: "object", required: ["name"], properties: { name: { type: "string" } } }, output: "Hello {{ input.name }}", nodes: [{ id: "start", kind: "trigger.manual" }, { id: "say", kind: "set", config: { values: { a: 1 } } }], edges: [{ from: "start", to: "say" }] },
  broken: { nodes: [{ id: "start", kind: "trigger.manual" }], edges: [{ from: "start", to: "nowhere" }] },
  failing: { nodes: [{ id: "start", kind: "trigger.manual" }, { id: "stop", kind: "fail", config: { message: "not today" } }], edges: [{ from: "start", to: "stop" }] },
  waiting: { nodes: [{ id: "start", kind: "trigger.manual" }, { id: "nap", kind: "delay", config: { seconds: 3600 } }], edges: [{ from: "start", to: "nap" }] },
};

let worker: InstallationWorker;
let server: { url: string; close(): void };
let token: string;
/** Its code in few files: each of these many processes would compile the whole server. */
let bundled: string;

beforeAll(async () => {
  bundled = await bundledProgram(path.join(import.meta.dirname, "command.ts"));
  for (const [name, definition] of Object.entries(workflows)) fs.writeFileSync(path.join(folder, `${name}.yaml`), JSON.stringify({ schema: 1, ...definition }));
  const scope = await makeScope("owner");
  token = (await createToken({ scope }, { name: "cli", scopes: ["workflow:read", "workflow:write", "run:start", "run:read", "run:cancel"], expiresInDays: 1 })).token;
  worker = startInstallationWorker(() => {});
  server = await serveApi();
});
afterAll(async () => {
  server.close();
  await worker.stop();
  await closeConnections();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The REST API behind a real HTTP server. */
async function serveApi() {
  const http = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming);
      const headers = new Headers(Object.entries(incoming.headers).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
      const request = new Request(`http://${incoming.headers.host ?? ""}${incoming.url ?? ""}`, { method: incoming.method, headers, body: body === "" ? undefined : body });
      const response = await handleRest(request);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    })();
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, close: () => http.close() };
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function millrace(parameters: string[], whenSaid?: { match: RegExp; signal: NodeJS.Signals }, variables: Record<string, string> = {}, program = bundled): Promise<Ended> {
  const environment = { ...process.env, MILLRACE_DATA_DIR: path.join(folder, "data"), NODE_ENV: "production", ...variables };
  const child = spawn(process.execPath, [program, ...parameters], { cwd: root, env: environment as NodeJS.ProcessEnv });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => {
    err += data.toString();
    if (whenSaid?.match.test(err) === true) {
      child.kill(whenSaid.signal);
      whenSaid = undefined;
    }
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

const file = (name: keyof typeof workflows) => path.join(folder, `${name}.yaml`);

// Many processes, each of which loads the whole server.
const SLOW = { timeout: 180_000 };

describe("millrace run", SLOW, () => {
  it("runs a file here and prints its output, steps aside", async () => {
    const { code, out, err } = await millrace(["run", file("greet"), "--input", '{"name":"Ada"}'], undefined, {}, "server/cli/millrace.mjs");
    expect([code, JSON.parse(out)]).toEqual([0, "Hello Ada"]);
    expect(err).toMatch(/✓ say \(set\) succeeded/);
    expect(err).not.toMatch(/warning/i);
  });

  it("ends with a code that says how", async () => {
    const failed = await millrace(["run", file("failing")]);
    expect([failed.code, failed.out]).toEqual([1, ""]);
    expect(failed.err).toContain("not today");
    const invalid = await millrace(["run", file("broken")]);
    expect([invalid.code, invalid.err]).toEqual([2, expect.stringContaining("nowhere")]);
    const unfit = await millrace(["run", file("greet"), "--input", '{"name":7}']);
    expect([unfit.code, unfit.err]).toEqual([2, expect.stringContaining("input/name")]);
    expect((await millrace(["run", file("greet"), "--input", "{"])).code).toBe(2);
    expect((await millrace(["walk"])).code).toBe(2);
  });

  it("cancels the run on Ctrl-C", async () => {
    const { code, err } = await millrace(["run", file("waiting")], { match: /nap \(delay\)|start \(trigger.manual\) succeeded/, signal: "SIGINT" });
    expect([code, err]).toEqual([3, expect.stringContaining("cancelled")]);
  });

  it("runs on a server the same way", async () => {
    const there = ["--server", server.url, "--token", token];
    const { code, out, err } = await millrace(["run", file("greet"), "--input", '{"name":"Ben"}', ...there]);
    expect([code, JSON.parse(out)]).toEqual([0, "Hello Ben"]);
    expect(err).toMatch(/✓ say \(set\) succeeded/);
    expect((await millrace(["run", file("failing"), ...there])).code).toBe(1);
    expect((await millrace(["run", file("greet"), "--input", "{}", ...there])).code).toBe(2);
    expect((await millrace(["run", file("greet"), "--server", "http://127.0.0.1:1", "--token", token])).code).toBe(4);
    expect((await millrace(["run", file("greet"), "--server", server.url, "--token", "mlr_wrong"])).code).toBe(4);
    expect((await millrace(["run", file("greet"), "--server", server.url])).code).toBe(2);
    expect((await millrace(["run", file("waiting"), ...there], { match: /start \(trigger.manual\) succeeded/, signal: "SIGINT" })).code).toBe(3);
  });
});

describe("other commands", SLOW, () => {
  it("check files, make tokens and sign-in links", async () => {
    expect(await millrace(["validate", file("greet")])).toMatchObject({ code: 0 });
    expect(await millrace(["validate", file("broken")])).toMatchObject({ code: 2, out: expect.stringContaining("/edges/0") as string });
    expect((await millrace(["token", "create", "--name", "ci", "--scope", "run:start", "run:read"])).out).toMatch(/^mlr_[\w-]{43}\n$/);
    expect((await millrace(["token", "create", "--name", "ci", "--scope", "no:such"])).code).toBe(2);
    expect((await millrace(["sign-in-link"])).out).toMatch(/\/sign-in\?token=[\w-]{43}\n$/);
    expect((await millrace(["sign-in-link", "--email", "nobody@example.com"])).code).toBe(2);
  });
});

describe("a command that is interrupted", SLOW, () => {
  it("leaves no half file and no database behind, and ends with the code of that", async () => {
    const data = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-cli-own-"));
    fs.chmodSync(data, 0o755);
    const own = { MILLRACE_DATA_DIR: data, DATABASE_URL: "", DATABASE_DIRECT_URL: "" };
    expect((await millrace(["sign-in-link"], undefined, own)).code).toBe(0);
    // Takes far longer to copy than a signal takes to arrive, and no room.
    const blob = path.join(data, "blobs", "0190a000-0000-7000-8000-000000000001", "01", "0190a000-0000-7000-8000-000000000001");
    fs.mkdirSync(path.dirname(blob), { recursive: true });
    fs.writeFileSync(blob, "");
    fs.truncateSync(blob, 2 ** 36);
    const copy = path.join(data, "copy.tar.gz");
    for (const signal of ["SIGINT", "SIGHUP"] as const) {
      const { code, out } = await millrace(["backup", copy], { match: /workspace: \d/, signal }, own);
      expect([code, out]).toEqual([3, ""]);
      expect(fs.readdirSync(data).filter((name) => name.startsWith("copy"))).toEqual([]);
      expect(fs.existsSync(path.join(data, "postgres", "postmaster.pid"))).toBe(false);
    }
    fs.rmSync(data, { recursive: true, force: true });
  });
});

describe("audit verify", SLOW, () => {
  it("says for each organization whether its chain holds, and fails when one does not", async () => {
    const { organizationId } = await makeScope();
    const { slug } = await rawDb().organization.findUniqueOrThrow({ where: { id: organizationId } });
    const source = { organizationId, workspaceId: null, actor: { type: "system", id: null, name: "Test" } } as const;
    for (const action of ["a.done", "b.done"]) await recordAuditWith(sharedPool(), source, { action });
    await sealAuditEvents();
    const sound = await millrace(["audit", "verify", "--organization", slug]);
    expect([sound.code, sound.out]).toEqual([0, expect.stringMatching(new RegExp(`^${slug}: holds; 2 sealed, 0 not yet\\.\nEnds are signed with the key [0-9a-f]{16} of \\d{4}-\\d\\d-\\d\\d`))]);
    await inTransaction(sharedPool(), async (client) => {
      await client.query("set local session_replication_role = replica");
      await client.query("update audit_event set actor_name = 'Nobody' where organization_id = $1 and chain_seq = 2", [organizationId]);
    });
    const changed = await millrace(["audit", "verify"]);
    expect(await millrace(["audit", "new-key"])).toMatchObject({ code: 0, out: expect.stringMatching(/^Ends are signed with the key [0-9a-f]{16} now, as they are; until now with [0-9a-f]{16}\./) as string });
    expect([changed.code, changed.out]).toEqual([1, expect.stringContaining(`${slug}: BROKEN: entry 2`)]);
    expect(changed.err).toContain("1 of the chains is broken");
    expect((await millrace(["audit", "verify", "--organization", "nobody"])).code).toBe(2);
    // A key that does not open proves nothing, and is no broken chain.
    const { organizationId: other } = await makeScope();
    const whole = await rawDb().organization.findUniqueOrThrow({ where: { id: other } });
    const { masterKeyId } = await rawDb().auditKey.findFirstOrThrow();
    await rawDb().auditKey.updateMany({ data: { masterKeyId: "another" } });
    const unreadable = await millrace(["audit", "verify", "--organization", whole.slug]);
    await rawDb().auditKey.updateMany({ data: { masterKeyId } });
    expect([unreadable.code, unreadable.out, unreadable.err]).toEqual([1, expect.stringContaining(`${whole.slug}: holds`), expect.stringContaining("could not be checked")]);
  });

  it("attack: audit tables that were put back as a whole, key and all, are known by a witness that lies elsewhere", async () => {
    const { organizationId } = await makeScope();
    const { slug } = await rawDb().organization.findUniqueOrThrow({ where: { id: organizationId } });
    const source = { organizationId, workspaceId: null, actor: { type: "system", id: null, name: "Test" } } as const;
    const record = async (...actions: string[]) => {
      for (const action of actions) await recordAuditWith(sharedPool(), source, { action });
      await sealAuditEvents();
    };
    const file = path.join(folder, "witness.json");
    const verify = (...more: string[]) => millrace(["audit", "verify", "--organization", slug, ...more]);
    const known = () => JSON.parse(fs.readFileSync(file, "utf8")) as { chains: Record<string, { name: string; seq: number }> };
    await record("a.done", "b.done");
    expect(await verify("--witness", file)).toMatchObject({ code: 0, out: expect.stringContaining(`${file} knows now how far this chain goes.`) as string });
    await record("c.done");
    expect((await verify("--witness", file)).code).toBe(0);
    expect(Object.values(known().chains)).toMatchObject([{ name: slug, seq: 3 }]);

    const tables = ["audit_event", "audit_chain", "audit_key"];
    for (const table of tables) await sharedPool().query(`create table kept_${table} as select * from ${table}`);
    await record("d.hidden", "e.hidden");
    expect((await verify("--witness", file)).code).toBe(0);
    await inTransaction(sharedPool(), async (client) => {
      await client.query("set local session_replication_role = replica");
      for (const table of tables) await client.query(`delete from ${table}`);
      for (const table of tables) await client.query(`insert into ${table} select * from kept_${table}`);
    });
    // The database cannot show it of itself; who had noted how far it went can.
    expect((await verify()).code).toBe(0);
    const behind = await verify("--witness", file);
    expect([behind.code, behind.out, behind.err]).toEqual([1, expect.stringContaining("it was put back: it ends with entry 3, and went as far as entry 5"), expect.stringContaining(`${file} is left as it was`)]);
    await record("f.done", "g.done", "h.done");
    expect(await verify("--witness", file)).toMatchObject({ code: 1, out: expect.stringContaining("entry 5 is not the one that stood there") as string });
    expect(Object.values(known().chains)).toMatchObject([{ seq: 5 }]);

    // So do a chain that is gone with its organization, and another key.
    fs.writeFileSync(file, JSON.stringify({ millrace: "audit witness", key: "0123456789abcdef", chains: { [newId()]: { name: "gone", seq: 7, hash: "0".repeat(64), at: new Date().toISOString() } } }));
    const all = await millrace(["audit", "verify", "--witness", file]);
    expect([all.code, all.out]).toEqual([1, expect.stringMatching(/gone: BROKEN: its organization is not there any more[^]*BROKEN: .* knows the key 0123456789abcdef/)]);
    fs.writeFileSync(file, "{}");
    expect(await verify("--witness", file)).toMatchObject({ code: 2, err: expect.stringContaining("is no witness of the audit log") as string });
  });
});

describe("promote", SLOW, () => {
  it("brings a version to the next environment of a server, says first what would happen, and knows what it does not find", async () => {
    const scope = await makeScope("owner");
    const environments = await addEnvironments({ scope }, { environments: ["dev", "live"].map((slug) => ({ name: slug, slug, color: "gray" as const })) });
    const { id: workflowId, slug } = await createWorkflow({ scope }, { name: "Goes live", description: "" });
    const { id: versionId } = await publish({ scope }, { workflowId, note: "" });
    const { token: key } = await createToken({ scope }, { name: "ci", scopes: ["workflow:read", "workflow:publish"], expiresInDays: 1 });
    const there = ["--to", "live", "--server", server.url, "--token", key];
    const live = () => rawDb().deployment.findMany({ where: { workflowId, environmentId: environments[1]!.id, replacedAt: null }, select: { versionId: true, note: true } });
    expect(await millrace(["promote", slug, ...there, "--preview"])).toMatchObject({ code: 0, out: "", err: expect.stringContaining("version 1 from dev to live, which has none. Nothing was promoted.") as string });
    expect(await live()).toEqual([]);
    expect(await millrace(["promote", slug, ...there, "--note", "by CI"])).toMatchObject({ code: 0, out: `${versionId}\n` });
    expect(await live()).toEqual([{ versionId, note: "by CI" }]);
    expect(await millrace(["promote", "no-such", ...there])).toMatchObject({ code: 2, err: expect.stringContaining("There is no workflow no-such") as string });
    expect(await millrace(["promote", slug, "--to", "live", "--workspace", scope.workspace.slug])).toMatchObject({ code: 0, out: `${versionId}\n` });
  });
});

describe("export and import", SLOW, () => {
  it("carry workflows from here to a server and back", async () => {
    const there = ["--server", server.url, "--token", token];
    const preview = await millrace(["import", file("greet"), "--preview"]);
    expect(preview).toMatchObject({ code: 0, out: "greet\n", err: expect.stringContaining("Nothing was made") as string });
    expect((await millrace(["import", file("greet")])).out).toMatch(/^[0-9a-f-]{36}\n$/);
    const written = path.join(folder, "here.json");
    expect(await millrace(["export", "greet", "--output", written])).toMatchObject({ code: 0, out: "" });
    expect(JSON.parse(fs.readFileSync(written, "utf8"))).toMatchObject({ slug: "greet", definition: { output: "Hello {{ input.name }}" } });

    expect((await millrace(["import", written, ...there])).out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect((await millrace(["import", written, "--preview", ...there])).err).toContain("because greet is taken");
    expect((await millrace(["export", "greet", ...there])).out).toMatch(/^millrace: 1\nname: greet\nslug: greet\n/);
    expect(await millrace(["export", "no-such", ...there])).toMatchObject({ code: 2, err: expect.stringContaining("no such workflow") as string });
    expect(await millrace(["import", path.join(folder, "nothing.yaml")])).toMatchObject({ code: 2 });
  });
});
