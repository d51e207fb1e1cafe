import { generateKeyPairSync } from "node:crypto";
import { createTransport, type SendMailOptions } from "nodemailer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readBlob } from "@/server/blobs/service";
import { closeConnections } from "@/server/db/client";
import { readEventValue, type StoredEvent } from "@/server/triggers/event-value";
import { recordEvent } from "@/server/triggers/intake";
import { flushRefusals } from "@/server/triggers/refusals";
import { flushUnknownCalls, listUnknownCalls } from "@/server/triggers/unknown-calls";
import { getTrigger, setTriggerMode } from "@/server/triggers/service";
import { freePort } from "@/server/triggers/testing/brokers";
import { TriggerScene } from "@/server/triggers/testing/scene";
import type { MailBody } from "./read-mail";
import { serveMail } from "./server";

vi.hoisted(() => {
  process.env.MAIL_DOMAIN = "Runs.Example";
  process.env.MAIL_MAX_BYTES = "200000";
});

const PATIENT = { timeout: 30_000, interval: 50 };

/** Names as the mails below need them; what is not here does not exist, and `broken.example` cannot be asked. */
const NAMES: Record<string, string[][]> = {};
const resolver = (name: string, type: string): Promise<unknown> => {
  if (name.endsWith("broken.example")) return Promise.reject(Object.assign(new Error("timed out"), { code: "ETIMEOUT" }));
  const found = NAMES[`${type} ${name}`];
  return found === undefined ? Promise.reject(Object.assign(new Error("not found"), { code: "ENOTFOUND" })) : Promise.resolve(found);
};

let port: number;
let stop: AbortController;
let serving: Promise<void>;
let failRecord = false;
let beforeRecord: () => Promise<unknown> = () => Promise.resolve();
const logged: string[] = [];

beforeAll(async () => {
  port = await freePort();
});
beforeEach(() => {
  stop = new AbortController();
  const record: typeof recordEvent = async (event) => (await beforeRecord(), failRecord ? Promise.reject(new Error("the database is away")) : recordEvent(event));
  serving = serveMail({ record, signal: stop.signal, log: (message) => logged.push(message) }, { place: { host: "127.0.0.1", port }, resolver });
});
afterEach(async () => {
  failRecord = false;
  beforeRecord = () => Promise.resolve();
  stop.abort();
  await serving;
});
afterAll(closeConnections);

async function openAddress(config: Record<string, unknown> = {}) {
  const scene = await TriggerScene.open([{ id: "mail", kind: "trigger.email", config }]);
  const [trigger] = await scene.triggers();
  const triggerId = trigger!.id;
  const address = (await getTrigger({ scope: scene.scope }, { triggerId })).url!;
  const values = async () => Promise.all((await scene.events(triggerId)).map(async (event) => (await readEventValue(event as unknown as StoredEvent, trigger!)) as unknown as { body: MailBody; headers: Record<string, string> } & Record<string, unknown>));
  return { scene, triggerId, address, values };
}

type DkimOptions = NonNullable<Parameters<typeof createTransport>[0]> & { dkim?: unknown };

async function send(mail: SendMailOptions, options: object = {}): Promise<{ response: string }> {
  const transport = createTransport({ host: "127.0.0.1", port, name: "sender.example", ignoreTLS: true, connectionTimeout: 20_000, ...options } as DkimOptions);
  await expect.poll(() => transport.verify().catch(() => false), PATIENT).toBe(true);
  try {
    return (await transport.sendMail({ from: "Ada <ada@shop.example>", subject: "Order", text: "Hello", ...mail })) as { response: string };
  } finally {
    transport.close();
  }
}

const codeOf = (sent: Promise<unknown>) => sent.then(() => 250, (error: { responseCode?: number }) => error.responseCode);

describe("mail", () => {
  it("becomes an event with text, HTML and attachments, and starts a run", async () => {
    const { scene, triggerId, address, values } = await openAddress();
    expect(address).toMatch(/^[0-9a-f]{48}@runs\.example$/);
    const sent = await send({
      to: address,
      cc: "Bob Émile <bob@shop.example>",
      subject: "Größe 42 — bestellt",
      text: "Grüße",
      html: '<p>Grüße <img src="cid:logo"></p>',
      messageId: "<1@shop.example>",
      inReplyTo: "<0@shop.example>",
      attachments: [
        { filename: "Rechnung ä.pdf", content: Buffer.from([1, 2, 3, 250]), contentType: "application/pdf" },
        { filename: "logo.png", content: Buffer.from("png"), cid: "logo" },
      ],
    });
    expect(sent.response).toMatch(/^250/);
    const [value] = await values();
    expect(value?.body).toMatchObject({
      subject: "Größe 42 — bestellt",
      from: { name: "Ada", address: "ada@shop.example" },
      to: [{ address }],
      cc: [{ name: "Bob Émile", address: "bob@shop.example" }],
      messageId: "<1@shop.example>",
      inReplyTo: "<0@shop.example>",
      text: "Grüße",
      html: '<p>Grüße <img src="cid:logo"></p>',
      attachments: [
        { name: "logo.png", contentId: "logo", inline: true },
        { name: "Rechnung ä.pdf", contentType: "application/pdf", size: 4, inline: false },
      ],
    });
    const { $file } = value!.body.attachments[1]!.file as { $file: { id: string } };
    expect(Buffer.from((await readBlob(scene.scope.workspaceId, $file.id))!)).toEqual(Buffer.from([1, 2, 3, 250]));
    expect(value).toMatchObject({ envelope: { from: "ada@shop.example", to: [address] }, client: { ip: "127.0.0.1", helo: "sender.example", tls: false }, tag: null });
    expect(value?.headers["message-id"]).toBe("<1@shop.example>");
    await expect.poll(async () => (await scene.runs(triggerId)).length, PATIENT).toBe(1);
  });

  it("comes once under one message id, to any case of the address, with what stands behind a +", async () => {
    const { address, values } = await openAddress();
    const [token, domain] = address.split("@");
    await send({ to: `${token!.toUpperCase()}+orders@${domain!.toUpperCase()}`, messageId: "<same@shop.example>" });
    await send({ to: address, messageId: "<same@shop.example>", subject: "again" });
    await send({ to: address, messageId: "<other@shop.example>" });
    expect((await values()).map(({ tag }) => tag)).toEqual(["orders", null]);
  });

  it("is refused at its address when that is unknown, of another kind, elsewhere, or disabled", async () => {
    const { scene, triggerId, address } = await openAddress();
    const unknown = async () => (await flushUnknownCalls(), (await listUnknownCalls()).find(({ place }) => place === "email")?.count ?? 0);
    const before = await unknown();
    expect(await codeOf(send({ to: "nobody@runs.example" }))).toBe(550);
    expect(await codeOf(send({ to: address.replace("runs.example", "elsewhere.example") }))).toBe(550);
    expect((await unknown()) - before).toBe(2);
    await setTriggerMode({ scope: scene.scope }, { triggerId, mode: "disabled" });
    expect(await codeOf(send({ to: address }))).toBe(550);
    await setTriggerMode({ scope: scene.scope }, { triggerId, mode: "enabled" });
    expect(await codeOf(send({ to: address }))).toBe(250);
    await flushRefusals();
    expect((await scene.triggers())[0]?.refusals).toMatchObject({ closed: { count: 1 } });
  });

  it("is refused when it is too large for the trigger or for the installation, and put off when there are too many", async () => {
    const { address, values, scene } = await openAddress({ maxKb: 50, ratePerMinute: 3 });
    expect(await codeOf(send({ to: address, text: "x".repeat(60_000) }))).toBe(552);
    expect(await codeOf(send({ to: address, text: "x".repeat(300_000) }))).toBe(552);
    expect(await codeOf(send({ to: address }))).toBe(250);
    expect(await codeOf(send({ to: address }))).toBe(451);
    expect(await values()).toHaveLength(1);
    await flushRefusals();
    expect((await scene.triggers())[0]?.refusals).toMatchObject({ rate: { count: 1 }, too_large: { count: 2 } });
  });

  it("is not acknowledged before it is durable", async () => {
    const { address, values } = await openAddress();
    failRecord = true;
    expect(await codeOf(send({ to: address, messageId: "<kept@shop.example>" }))).toBe(451);
    expect(await values()).toHaveLength(0);
    failRecord = false;
    expect(await codeOf(send({ to: address, messageId: "<kept@shop.example>" }))).toBe(250);
    expect(await values()).toHaveLength(1);
  });

  it("for several triggers becomes an event of each", async () => {
    const [one, other] = [await openAddress(), await openAddress()];
    await send({ to: [one.address, other.address] });
    expect([(await one.values()).length, (await other.values()).length]).toEqual([1, 1]);
    // Too large for one of them, whose trigger says so.
    const small = await openAddress({ maxKb: 20 });
    expect(await codeOf(send({ to: [small.address, other.address], text: "x".repeat(60_000) }))).toBe(250);
    expect([(await small.values()).length, (await other.values()).length]).toEqual([0, 2]);
    await flushRefusals();
    expect((await small.scene.triggers())[0]?.refusals).toMatchObject({ too_large: { count: 1 } });
  });

  it("is taken by those that take it when one is disabled between its address and its content, and put off when all are", async () => {
    const all = [await openAddress(), await openAddress(), await openAddress()] as const;
    const to = all.map(({ address }) => address);
    const disable = ({ scene, triggerId }: (typeof all)[number]) => setTriggerMode({ scope: scene.scope }, { triggerId, mode: "disabled" });
    beforeRecord = () => disable(all[1]);
    expect(await codeOf(send({ to, messageId: "<some@shop.example>" }))).toBe(250);
    expect(await Promise.all(all.map(async ({ values }) => (await values()).length))).toEqual([1, 0, 1]);
    beforeRecord = () => Promise.all(all.map(disable));
    expect(await codeOf(send({ to: to[0], messageId: "<none@shop.example>" }))).toBe(451);
    expect(await codeOf(send({ to: to[0], messageId: "<none@shop.example>" }))).toBe(550);
    await flushRefusals();
    expect((await all[1].scene.triggers())[0]?.refusals).toMatchObject({ closed: { count: 1 } });
  });

  it("brings what SPF, DKIM and DMARC say; a name server that is silent gives temperror", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    NAMES["TXT shop.example"] = [["v=spf1 ip4:127.0.0.1 -all"]];
    NAMES["TXT s1._domainkey.shop.example"] = [[`v=DKIM1; k=rsa; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`]];
    NAMES["TXT _dmarc.shop.example"] = [["v=DMARC1; p=reject"]];
    NAMES["TXT other.example"] = [["v=spf1 -all"]];
    const { address, values } = await openAddress();
    const dkim = { domainName: "shop.example", keySelector: "s1", privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) };
    await send({ to: address }, { dkim });
    await send({ to: address, from: "x@other.example" });
    await send({ to: address, from: "x@broken.example" });
    const said = (await values()).map(({ authentication }) => authentication);
    expect(said[0]).toEqual({ spf: { result: "pass", domain: "shop.example" }, dkim: [{ result: "pass", domain: "shop.example", selector: "s1", aligned: true }], dmarc: { result: "pass", domain: "shop.example", policy: "reject" } });
    expect(said[1]).toMatchObject({ spf: { result: "fail" }, dkim: [], dmarc: { result: "none" } });
    expect(said[2]).toMatchObject({ spf: { result: "temperror" }, dmarc: { result: "temperror" } });
  });

  it("that is hardly a mail is taken as what can be read of it", async () => {
    const { address, values } = await openAddress();
    for (const raw of ["no header at all", "Subject: =?x?Q?broken\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%", "\r\n\r\n\0\0\xff"]) {
      expect(await codeOf(send({ envelope: { from: "a@b.example", to: address }, raw }))).toBe(250);
    }
    expect(await values()).toHaveLength(3);
  });

  it("finds another process at the port when this one ends", async () => {
    const standBy = new AbortController();
    const second = serveMail({ record: recordEvent, signal: standBy.signal, log: (message) => logged.push(message) }, { place: { host: "127.0.0.1", port }, resolver });
    const { address, values } = await openAddress();
    await send({ to: address });
    stop.abort();
    await serving;
    expect(await codeOf(send({ to: address }))).toBe(250);
    expect(await values()).toHaveLength(2);
    standBy.abort();
    await second;
    expect(logged.filter((message) => message.includes("can be received"))).toEqual([]);
  });
});
