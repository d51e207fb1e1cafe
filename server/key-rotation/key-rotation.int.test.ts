import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createChannel } from "@/server/alerts/service";
import { openChannelSecrets } from "@/server/alerts/channel-secrets";
import { replaceAuditKey, sealAuditEvents, verifyAuditChain } from "@/server/audit-chain/service";
import type { Scope } from "@/server/auth/scope";
import { readBlob } from "@/server/blobs/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { masterKeyFingerprint, openForPerson, putSecret, resolveSecrets, sealForPerson } from "@/server/secrets/service";
import { createTrigger, getEvent, getTrigger, recordEvent, setInboxSettings } from "@/server/triggers/service";
import { openSubscriptions, readSigningSecret } from "@/server/triggers/subscription-rows";
import { TriggerScene } from "@/server/triggers/testing/scene";
import { removeSpentDataKeys } from "./data-keys";
import { MASTER_SEALED_PLACES, SEALED_PLACES } from "./sealed-places";
import { countUnderMasterKeys, resealRound, retireMasterKey, rewrapAll, rotateDataKeys, rotateWorkspaceKey, sweepDataKeys, viewRotation } from "./service";

const keys = vi.hoisted(() => ({ file: "" }));
vi.hoisted(() => {
  keys.file = `${process.env.TMPDIR ?? "/tmp"}/millrace-master-${process.pid}-${Math.random().toString(36).slice(2)}`;
  process.env.MILLRACE_MASTER_KEY_FILE = keys.file;
});

const [first, second] = [randomBytes(32), randomBytes(32)];
/** As an operator changes it: the new key above the old. */
function holdKeys(...lines: Buffer[]): void {
  const fresh = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "millrace-key-")), "key");
  fs.writeFileSync(fresh, lines.map((key) => key.toString("base64url")).join("\n"));
  fs.renameSync(fresh, keys.file);
  // Two changes within one tick of the clock of the file system.
  fs.utimesSync(keys.file, new Date(), new Date(Date.now() + (moved += 1_000)));
}
let moved = 0;

let scene: TriggerScene;
let scope: Scope;
let triggerId: string;
let channelId: string;
const events: Record<"small" | "large", string> = { small: "", large: "" };
const LARGE = "x".repeat(200_000);
const SLACK = "https://hooks.slack.com/services/t0ps3cret";

beforeAll(async () => {
  holdKeys(first);
  scene = await TriggerScene.open([]);
  scope = scene.scope;
  await putSecret({ scope }, { name: "TOKEN", value: "t0ken" });
  const settings = { workflowId: scene.workflowId, settings: {}, nodeId: null, versionNumber: null };
  triggerId = (await createTrigger({ scope }, { ...settings, kind: "webhook", name: "Hook", config: {} })).id;
  await createTrigger({ scope }, { ...settings, kind: "github", name: "Pushes", config: { target: { type: "repository", owner: "acme", repository: "shop" }, secret: "TOKEN" } });
  await openSubscriptions(["github"]);
  channelId = (await createChannel({ scope }, { name: "Ops", config: { kind: "slack", url: SLACK } } as never)).id;
  await setInboxSettings({ scope }, { sealEvents: true });
  events.small = (await recordEvent({ ...scene.event(triggerId, "small", { card: "4111" }) })).eventId;
  events.large = (await recordEvent({ ...scene.event(triggerId, "large", { long: LARGE }) })).eventId;
});
afterAll(async () => {
  fs.rmSync(keys.file, { force: true });
  await closeConnections();
});

/** Everything that was sealed, opened. */
async function readAll() {
  const { values } = await resolveSecrets({ workspaceId: scope.workspaceId, runId: newId() }, ["TOKEN"]);
  const channel = await rawDb().notificationChannel.findUniqueOrThrow({ where: { id: channelId } });
  const subscription = await rawDb().triggerSubscription.findFirstOrThrow({ where: { workspaceId: scope.workspaceId } });
  return {
    token: values.get("TOKEN"),
    channel: (await openChannelSecrets(channel)).url,
    address: (await getTrigger({ scope }, { triggerId })).url,
    signing: await readSigningSecret(subscription),
    small: (await getEvent({ scope }, { eventId: events.small })).value,
    large: (await getEvent({ scope }, { eventId: events.large })).value,
  };
}

async function keyIds(): Promise<string[]> {
  const found = await Promise.all(SEALED_PLACES.map(({ table, dataKey }) => sharedPool().query<{ id: string }>(`select ${dataKey}::text as id from ${table} where workspace_id = $1 and ${dataKey} is not null`, [scope.workspaceId])));
  return found.flatMap(({ rows }) => rows.map(({ id }) => id));
}

it("knows every place that is sealed", async () => {
  const { rows } = await sharedPool().query<{ place: string }>(`
    select c.conrelid::regclass || '.' || a.attname as place from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'data_key'::regclass order by 1`);
  expect(rows.map(({ place }) => place)).toEqual(SEALED_PLACES.map(({ table, dataKey }) => `${table}.${dataKey}`).sort());
  const { rows: tables } = await sharedPool().query<{ name: string }>("select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'master_key_id' order by 1");
  expect(tables.map(({ name }) => name)).toEqual(MASTER_SEALED_PLACES.map(({ table }) => table).sort());
  const { rows: watched } = await sharedPool().query<{ name: string }>("select tgrelid::regclass::text as name from pg_trigger where tgname = 'master_key_in_use' order by 1");
  expect(watched).toEqual(tables);
});

describe("a new data key", () => {
  it("takes over all that is sealed, in rows and in blobs, and the blob before is swept", async () => {
    const before = { values: await readAll(), keys: new Set(await keyIds()) };
    const large = await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: events.large } });
    expect(before.keys.size).toBe(1);
    expect(before.values).toMatchObject({ token: "t0ken", channel: SLACK, small: { body: { card: "4111" } } });
    expect((before.values.large as { body: { long: string } }).body.long.length).toBe(LARGE.length);
    expect(await rotateWorkspaceKey({ scope })).toMatchObject({ left: 0 });
    const after = new Set(await keyIds());
    expect([...after].filter((id) => before.keys.has(id))).toEqual([]);
    expect(after.size).toBe(1);
    expect(await readAll()).toEqual(before.values);
    expect(await rawDb().blob.findUniqueOrThrow({ where: { id: large.bodyBlobId! } })).toMatchObject({ ownerId: null });
    expect(await readBlob(scope.workspaceId, large.bodyBlobId!)).not.toBeNull();
    expect(await rawDb().auditEvent.count({ where: { workspaceId: scope.workspaceId, action: "data_key.rotated" } })).toBe(1);
  });

  it("leaves what somebody changes meanwhile as they changed it", async () => {
    const before = await rawDb().secret.findFirstOrThrow({ where: { workspaceId: scope.workspaceId } });
    await rotateDataKeys(scope.workspaceId, new Date(Date.now() + 1_000));
    await Promise.all([putSecret({ scope }, { name: "TOKEN", value: "newer" }), resealRound(scope.workspaceId), resealRound(scope.workspaceId)]);
    expect((await readAll()).token).toBe("newer");
    const after = await rawDb().secret.findFirstOrThrow({ where: { workspaceId: scope.workspaceId } });
    expect(after.dataKeyId).not.toBe(before.dataKeyId);
  });

  it("is not made twice for a command that is given again", async () => {
    expect(await rotateDataKeys(scope.workspaceId, new Date(Date.now() - 3_600_000))).toBe(0);
  });

  it("leaves those before to whoever took them just now, and is alone an hour later", async () => {
    const retired = () => rawDb().dataKey.count({ where: { workspaceId: scope.workspaceId, retiredAt: { not: null } } });
    expect(await removeSpentDataKeys()).toBe(0);
    expect(await retired()).toBeGreaterThan(0);
    const [straggler] = await rawDb().dataKey.findMany({ where: { workspaceId: scope.workspaceId, retiredAt: { not: null } } });
    await sharedPool().query("update data_key set retired_at = retired_at - interval '2 hours' where retired_at is not null");
    // One row that came late: its key stays until the sweep has sealed it anew.
    const eventId = (await recordEvent(scene.event(triggerId, "late", { n: 1 }))).eventId;
    await sharedPool().query("update trigger_event set data_key_id = $1 where id = $2", [straggler!.id, eventId]);
    expect((await resealRound(scope.workspaceId)).broken).toEqual([`trigger_event ${eventId}`]);
    await removeSpentDataKeys();
    expect(await retired()).toBe(1);
    await rawDb().triggerEvent.delete({ where: { id: eventId } });
    await sweepDataKeys();
    expect(await retired()).toBe(0);
    expect((await readAll()).token).toBe("newer");
  });

  it("shows how much is left", async () => {
    await rotateDataKeys(scope.workspaceId, new Date(Date.now() + 1_000));
    const { left } = await viewRotation({ scope });
    expect(left).toBe((await keyIds()).length);
    expect(await sweepDataKeys()).toBe(left);
    expect(await viewRotation({ scope })).toMatchObject({ left: 0 });
  });
});

describe("a new master key", () => {
  beforeEach(async () => {
    const { id: userId } = await rawDb().user.findUniqueOrThrow({ where: { id: scope.userId! } });
    await rawDb().totpFactor.deleteMany();
    await rawDb().totpFactor.create({ data: { userId, ...sealForPerson(Buffer.from("otp"), `totp:${userId}`) } });
    const connectionId = newId();
    const { sealed, masterKeyId } = sealForPerson(Buffer.from("client"), `sso:${connectionId}`);
    await rawDb().ssoConnection.deleteMany();
    await rawDb().ssoConnection.create({ data: { id: connectionId, organizationId: scope.organizationId, kind: "oidc", name: "IdP", mapping: {}, issuer: "https://idp.example.com", clientId: "x", sealedSecret: sealed, masterKeyId } });
    await sealAuditEvents();
  });

  it("opens nothing by itself, everything beside the one before, and all alone when everything is under it", async () => {
    const [old, fresh] = [masterKeyFingerprint(first), masterKeyFingerprint(second)];
    const before = await readAll();
    const { signature } = await verifyAuditChain(scope.organizationId);
    expect(signature.kind).toBe("signed");
    holdKeys(second, first);
    expect(await readAll()).toEqual(before);
    expect(await retireMasterKey(old)).toBe(false);
    const { resealed, broken } = await rewrapAll();
    expect([resealed, broken]).toEqual([await rawDb().dataKey.count() + 3, []]);
    expect([...(await countUnderMasterKeys()).keys()]).toEqual([fresh]);
    expect((await rewrapAll()).resealed).toBe(0);
    expect(await retireMasterKey(old)).toBe(true);
    holdKeys(second);
    expect(await readAll()).toEqual(before);
    const factor = await rawDb().totpFactor.findFirstOrThrow();
    expect(openForPerson(factor, `totp:${factor.userId}`).toString()).toBe("otp");
    const connection = await rawDb().ssoConnection.findFirstOrThrow();
    expect(openForPerson({ sealed: connection.sealedSecret!, masterKeyId: connection.masterKeyId! }, `sso:${connection.id}`).toString()).toBe("client");
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ signature, problem: null });
  });

  it("is the only one that seals once the one before is retired", async () => {
    holdKeys(first, second);
    const { sealed, masterKeyId } = sealForPerson(Buffer.from("late"), `totp:${scope.userId}`);
    await expect(rawDb().totpFactor.updateMany({ data: { sealed, masterKeyId } })).rejects.toThrow(/was retired/);
    holdKeys(second);
  });

  it("that stands alone, the one before being lost, seals the audit log once its key was replaced", async () => {
    const { signature } = await verifyAuditChain(scope.organizationId);
    holdKeys(randomBytes(32));
    await expect(sealAuditEvents()).rejects.toThrow(/millrace audit new-key/);
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ signature: { kind: "unreadable" } });
    const replaced = await replaceAuditKey();
    expect(replaced.before).toBeNull();
    expect(signature).not.toMatchObject({ key: replaced.after });
    await sealAuditEvents();
    expect(await verifyAuditChain(scope.organizationId)).toMatchObject({ signature: { kind: "signed", key: replaced.after }, unsealed: 0, problem: null });
    expect(await rawDb().auditEvent.findFirst({ where: { action: "audit.key_replaced", organizationId: null, chainSeq: { not: null } } })).toMatchObject({ actorType: "system", before: { key: null }, after: { key: replaced.after } });
    holdKeys(second);
    await replaceAuditKey();
  });

  it("says which one is missing", () => {
    expect(() => openForPerson({ sealed: new Uint8Array(40), masterKeyId: masterKeyFingerprint(first) }, "x")).toThrow(`sealed under the master key ${masterKeyFingerprint(first)}`);
  });
});
