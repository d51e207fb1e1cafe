import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type HookSink, openHookSink } from "@/server/alerts/testing/sinks";
import { recordAudit } from "@/server/audit/service";
import { removeOldAuditEvents, sealAuditEvents, verifyAuditChain } from "@/server/audit-chain/service";
import { openSystemOrganizationScope } from "@/server/auth/organization-scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { isVerified } from "@/server/ingress/verify";
import { makeScope } from "@/server/testing/factories";
import { webhookAuthSchema } from "@/server/triggers/kinds/webhook/spec";
import type { Scope } from "@/server/auth/scope";
import type { ChainOwner } from "./chain-owner";
import { saveStreamInput } from "./contract";
import * as streams from "./service";
import { newServerKeys, openSyslogSink, type SyslogSink } from "./testing/syslog-sink";
import type { z } from "zod";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1,localhost"));

let hook: HookSink;
let plain: SyslogSink;
beforeAll(async () => {
  [hook, plain] = await Promise.all([openHookSink(), openSyslogSink()]);
});
afterAll(async () => {
  await Promise.all([hook.close(), plain.close()]);
  await closeConnections();
});
beforeEach(async () => {
  await rawDb().auditStream.deleteMany();
  hook.requests.length = plain.messages.length = 0;
});

async function openScene(): Promise<{ scope: Scope; owner: ChainOwner }> {
  const scope = await makeScope();
  return { scope, owner: streams.ownerOf(await openSystemOrganizationScope(scope.organizationId)) };
}

async function record(scope: Scope, count: number, name = "deed"): Promise<void> {
  await scope.db.transaction(async (tx) => {
    for (let n = 1; n <= count; n += 1) await recordAudit(tx, scope, { action: "thing.done", resource: { type: "thing", id: `${name} ${n}` } });
  });
  await sealAuditEvents();
}

const webhook = (): z.input<typeof saveStreamInput> => ({ config: { kind: "webhook", url: hook.url } });
const save = (owner: ChainOwner, input: z.input<typeof saveStreamInput>) => streams.saveStream(owner, saveStreamInput.parse(input));
const makeDue = () => sharedPool().query("update audit_stream set due_at = now() - interval '1 second'");

interface Sent {
  type: string;
  data: { events: { seq: number; resource: { id: string } | null; action: string }[] };
}
const bodies = () => hook.requests.map(({ body }) => JSON.parse(body) as Sent);
const deeds = () => bodies().flatMap(({ data }) => data.events).filter(({ action }) => action === "thing.done").map(({ resource }) => resource?.id);

describe("a stream to a webhook", () => {
  it("sends the chain in order, signed, with the header, once", async () => {
    const { scope, owner } = await openScene();
    await record(scope, 3, "before");
    const { signingSecret } = await save(owner, { config: { kind: "webhook", url: hook.url, header: "Authorization" }, headerValue: "Splunk abc" });
    await record(scope, 2, "after");
    await Promise.all([streams.deliverStreams(), streams.deliverStreams(), streams.deliverStreams()]);
    expect(deeds()).toEqual(["before 1", "before 2", "before 3", "after 1", "after 2"]);
    expect(bodies().flatMap(({ data }) => data.events).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const [{ headers, body }] = hook.requests as [HookSink["requests"][number]];
    expect(headers.authorization).toBe("Splunk abc");
    const auth = webhookAuthSchema.parse({ type: "standardWebhooks", secret: "KEY" });
    expect(isVerified(auth, { headers: new Headers(headers as Record<string, string>), body: Buffer.from(body), now: Date.now() / 1_000 }, signingSecret!)).toBe(true);
    await makeDue();
    await streams.deliverStreams();
    expect(hook.requests).toHaveLength(1);
    expect((await streams.viewKeeping(owner)).stream).toMatchObject({ behind: 0, error: null, oldestAt: null, hasHeaderValue: true });
    expect(JSON.stringify(await streams.viewKeeping(owner))).not.toContain("Splunk");
  });

  it("says what is wrong, waits longer each time, and goes on where it was", async () => {
    const { scope, owner } = await openScene();
    await save(owner, webhook());
    await record(scope, 2);
    hook.answers.push(503);
    await streams.deliverStreams();
    const { stream } = await streams.viewKeeping(owner);
    expect(stream).toMatchObject({ behind: 3, error: "the other side answered 503: hea\uFFFDrd" });
    expect(Date.parse(stream!.dueAt)).toBeGreaterThan(Date.parse(stream!.failingSince!));
    await makeDue();
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream).toMatchObject({ behind: 0, error: null, failingSince: null });
    expect(hook.requests.map(({ headers }) => headers["webhook-id"])).toEqual(Array(2).fill(`audit-${owner.organizationId}-1-3`));
  });

  it("stops before what is missing instead of skipping it", async () => {
    const { scope, owner } = await openScene();
    await save(owner, webhook());
    await record(scope, 4);
    await inTransaction(sharedPool(), async (client) => {
      await client.query("set local session_replication_role = replica");
      await client.query("delete from audit_event where organization_id = $1 and chain_seq = 3", [owner.organizationId]);
    });
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream?.error).toMatch(/^entry 3 of the chain is missing/);
    expect(hook.requests).toHaveLength(0);
  });

  it("gives a secret header to no other place than it was given for", async () => {
    const { owner } = await openScene();
    await save(owner, { config: { kind: "webhook", url: hook.url, header: "X-Key" }, headerValue: "s3cret" });
    await expect(save(owner, { config: { kind: "webhook", url: "https://elsewhere.example.com", header: "X-Key" } })).rejects.toThrow(/headerValue/);
    await expect(save(owner, { config: { kind: "webhook", url: `${hook.url}/other`, header: "X-Key" } })).resolves.toEqual({ signingSecret: null });
    await expect(save(owner, { config: { kind: "webhook", url: "http://169.254.169.254/" } })).rejects.toThrow(/config.url/);
  });

  it("tests, pauses and ends, each in the audit log", async () => {
    const { scope, owner } = await openScene();
    await save(owner, { ...webhook(), from: "now" });
    expect(await streams.testStream(owner)).toEqual({ error: null });
    expect(bodies()[0]?.type).toBe("millrace.audit.test");
    await streams.enableStream(owner, { enabled: false });
    await record(scope, 1);
    await streams.deliverStreams();
    expect(hook.requests).toHaveLength(1);
    await streams.removeStream(owner);
    expect((await streams.viewKeeping(owner)).stream).toBeNull();
    const actions = await rawDb().auditEvent.findMany({ where: { organizationId: owner.organizationId, action: { startsWith: "audit." } }, orderBy: [{ at: "asc" }, { id: "asc" }], select: { action: true } });
    expect(actions.map(({ action }) => action)).toEqual(["audit.stream_created", "audit.stream_tested", "audit.stream_paused", "audit.stream_removed"]);
  });
});

describe("a stream to syslog", () => {
  it("frames events over TCP, and sends again what a broken connection left in doubt", async () => {
    const { scope, owner } = await openScene();
    await save(owner, { config: { kind: "syslog", host: "127.0.0.1", port: plain.port, tls: false } });
    await record(scope, 2, "Ünïcode\u2028");
    plain.breaks = 1;
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream).toMatchObject({ behind: 3 });
    await makeDue();
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream).toMatchObject({ behind: 0, error: null });
    expect(plain.messages).toHaveLength(3);
    expect(plain.messages[2]).toMatch(/^<109>1 \S+Z \S+ millrace - thing\.done \[origin .*\[meta sequenceId="3"\] \{"seq":3/);
    expect(JSON.parse(plain.messages[2]!.replace(/^[^{]*/, ""))).toMatchObject({ resource: { id: "Ünïcode\u2028 2" } });
  });

  it("goes over TLS to whom the certificate names, and to nobody else", async () => {
    const keys = newServerKeys();
    const secure = await openSyslogSink(keys);
    const { scope, owner } = await openScene();
    await record(scope, 1);
    const config = { kind: "syslog" as const, host: "localhost", port: secure.port };
    await save(owner, { config });
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream?.error).toMatch(/self.signed certificate/);
    await save(owner, { config: { ...config, host: "127.0.0.1", certificate: keys.cert } });
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream?.error).toMatch(/does not match/);
    await save(owner, { config: { ...config, certificate: keys.cert } });
    await streams.deliverStreams();
    expect((await streams.viewKeeping(owner)).stream).toMatchObject({ behind: 0, error: null });
    expect(secure.messages).toHaveLength(1);
    await secure.close();
  });
});

describe("retention of audit events", () => {
  const age = (organizationId: string | null, upTo: number) => inTransaction(sharedPool(), async (client) => {
    // As if they had been recorded and sealed long ago: the chain is built anew over the older moments.
    await client.query("set local session_replication_role = replica");
    await client.query("update audit_event set at = at - interval '40 days', chain_seq = null, chain_hash = null, sealed_at = null where organization_id = $1 and chain_seq <= $2", [organizationId, upTo]);
    await client.query("update audit_event set chain_seq = null, chain_hash = null, sealed_at = null where organization_id = $1", [organizationId]);
    await client.query("update audit_chain set seq = 0, hash = decode(repeat('00', 32), 'hex') where id = $1", [organizationId]);
    await client.query("delete from audit_key");
  });

  it("removes the beginning, says so, and what is left still verifies", async () => {
    const { scope, owner } = await openScene();
    await record(scope, 5);
    await age(owner.organizationId, 3);
    await sealAuditEvents();
    await removeOldAuditEvents();
    expect(await verifyAuditChain(owner.organizationId)).toMatchObject({ events: 5, startSeq: 0 });
    await streams.setAuditRetention(owner, { keepDays: 30 });
    await sealAuditEvents();
    await removeOldAuditEvents();
    await sealAuditEvents();
    expect(await verifyAuditChain(owner.organizationId)).toMatchObject({ events: 4, startSeq: 3, unsealed: 0, signature: { kind: "signed" }, problem: null });
    expect(await rawDb().auditEvent.findFirst({ where: { organizationId: owner.organizationId, action: "audit.removed" } })).toMatchObject({ actorType: "system", after: { throughSeq: 3, events: 3, keepDays: 30 } });
    await removeOldAuditEvents();
    expect((await streams.viewKeeping(owner)).removed).toBe(3);
  });

  it("leaves what no stream has delivered, paused ones too", async () => {
    const { scope, owner } = await openScene();
    await record(scope, 3);
    await age(owner.organizationId, 3);
    await sealAuditEvents();
    await save(owner, webhook());
    await streams.enableStream(owner, { enabled: false });
    await streams.setAuditRetention(owner, { keepDays: 30 });
    await removeOldAuditEvents();
    expect((await streams.viewKeeping(owner)).removed).toBe(0);
    await streams.enableStream(owner, { enabled: true });
    await streams.deliverStreams();
    await removeOldAuditEvents();
    expect((await streams.viewKeeping(owner)).removed).toBe(3);
  });

  it("shows a beginning that was cut off behind its back, and removes nothing of a broken chain", async () => {
    const { scope, owner } = await openScene();
    await record(scope, 4);
    await age(owner.organizationId, 2);
    await sealAuditEvents();
    await inTransaction(sharedPool(), async (client) => {
      await client.query("set local session_replication_role = replica");
      await client.query("update audit_chain set start_seq = 2, start_hash = (select chain_hash from audit_event where organization_id = $1 and chain_seq = 2) where id = $1", [owner.organizationId]);
      await client.query("delete from audit_event where organization_id = $1 and chain_seq <= 2", [owner.organizationId]);
    });
    expect((await verifyAuditChain(owner.organizationId)).problem).toEqual({ kind: "unexplained_start", seq: 2 });

    const broken = await openScene();
    await record(broken.scope, 3);
    await age(broken.owner.organizationId, 3);
    await sealAuditEvents();
    await inTransaction(sharedPool(), async (client) => {
      await client.query("set local session_replication_role = replica");
      await client.query("update audit_event set actor_name = 'Nobody' where organization_id = $1 and chain_seq = 2", [broken.owner.organizationId]);
    });
    await streams.setAuditRetention(broken.owner, { keepDays: 30 });
    await expect(removeOldAuditEvents()).rejects.toThrow(/broken at entry 2/);
    expect((await streams.viewKeeping(broken.owner)).removed).toBe(0);
  });

  it("signs no beginning of a chain whose ends nobody signed", async () => {
    const { scope, owner } = await openScene();
    await record(scope, 3);
    await age(owner.organizationId, 3);
    await sealAuditEvents();
    await inTransaction(sharedPool(), async (client) => {
      await client.query("set local session_replication_role = replica");
      await client.query("update audit_chain set mark = null where id = $1", [owner.organizationId]);
    });
    await streams.setAuditRetention(owner, { keepDays: 30 });
    await expect(removeOldAuditEvents()).rejects.toThrow(`${owner.organizationId} are not signed`);
    expect((await streams.viewKeeping(owner)).removed).toBe(0);
  });
});
