import http from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections } from "@/server/db/client";
import { getTrigger } from "@/server/triggers/service";
import { TriggerScene } from "@/server/triggers/testing/scene";
import { handleHook } from "./handle-hook";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const ISSUER = "https://accounts.example";
const EMAIL = "pusher@shop.iam.gserviceaccount.com";
const PATIENT = { timeout: 60_000, interval: 50 };

const keys = await generateKeyPair("RS256");
let keysUrl: string;
let issuer: http.Server;

beforeAll(async () => {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  issuer = http.createServer((request, response) => {
    response.writeHead(request.url === "/keys" ? 200 : 500, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  keysUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
});
afterAll(async () => {
  await new Promise((resolve) => issuer.close(resolve));
  await closeConnections();
});

interface Said {
  email?: string;
  verified?: boolean;
  audience?: string;
  issuer?: string;
  expires?: string | number;
  key?: Parameters<SignJWT["sign"]>[0];
}

function tokenFor(url: string, { email = EMAIL, verified = true, audience = url, issuer: by = ISSUER, expires = "1h", key = keys.privateKey }: Said = {}): Promise<string> {
  return new SignJWT({ email, email_verified: verified }).setProtectedHeader({ alg: "RS256", kid: "k1" }).setIssuer(by).setAudience(audience).setIssuedAt().setExpirationTime(expires).sign(key);
}

async function open(config: Record<string, unknown> = {}) {
  const scene = await TriggerScene.open([{ id: "in", kind: "trigger.pubsubPush", config: { email: EMAIL, issuer: ISSUER, keysUrl, ...config } }]);
  const triggerId = (await scene.triggers())[0]!.id;
  const url = (await getTrigger({ scope: scene.scope }, { triggerId })).url!;
  const push = async (body: unknown, authorization?: string): Promise<Response> =>
    handleHook(new Request(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) } }), url.split("/").at(-1)!);
  return { scene, triggerId, url, push, genuine: async (body: unknown) => push(body, `Bearer ${await tokenFor(url)}`) };
}

const message = (messageId: string, data = '{"n":1}') => ({ message: { data: Buffer.from(data).toString("base64"), attributes: { source: "shop" }, messageId, publishTime: "2026-11-26T10:00:00.5Z", message_id: messageId }, subscription: "projects/shop/subscriptions/push" });

describe("messages that Pub/Sub pushes", () => {
  it("are acknowledged once durable, and start one run each", async () => {
    const { scene, triggerId, genuine } = await open();
    expect((await genuine(message("1"))).status).toBe(204);
    expect((await genuine(message("1"))).status).toBe(204);
    expect((await genuine(message("2", "two"))).status).toBe(204);
    expect(await scene.events(triggerId)).toMatchObject([
      { dedupeKey: "projects/shop/subscriptions/push/1", headers: { source: "shop" }, contentType: "application/json", meta: { messageId: "1", publishedAt: "2026-11-26T10:00:00.5Z" } },
      { dedupeKey: "projects/shop/subscriptions/push/2" },
    ]);
    await expect.poll(async () => (await scene.runs(triggerId)).length, PATIENT).toBe(2);
  });

  it("are refused without a token that was issued for them", async () => {
    const { scene, triggerId, url, push } = await open();
    const other = await generateKeyPair("RS256");
    const wrong: Said[] = [{ email: "other@shop.iam.gserviceaccount.com" }, { verified: false }, { audience: "https://elsewhere.example" }, { issuer: "https://other.example" }, { expires: 1_000 }, { key: other.privateKey }];
    for (const said of wrong) expect((await push(message("1"), `Bearer ${await tokenFor(url, said)}`)).status, JSON.stringify(said)).toBe(401);
    for (const authorization of [undefined, "Bearer", "Bearer x.y.z", `Basic ${Buffer.from("a:b").toString("base64")}`]) expect((await push(message("1"), authorization)).status).toBe(401);
    expect(await scene.events(triggerId)).toEqual([]);
  });

  it("for an audience of one's own, and none while the issuer's keys cannot be read", async () => {
    const own = await open({ audience: "millrace" });
    expect((await own.genuine(message("1"))).status).toBe(401);
    expect((await own.push(message("1"), `Bearer ${await tokenFor(own.url, { audience: "millrace" })}`)).status).toBe(204);
    for (const keysUrlOf of ["http://127.0.0.1:1/keys", keysUrl.replace("/keys", "/broken"), "http://169.254.169.254/keys"]) {
      const { genuine } = await open({ keysUrl: keysUrlOf });
      expect((await genuine(message("1"))).status).toBe(503);
    }
  });

  it("that are no messages are told so", async () => {
    const { genuine } = await open();
    expect((await genuine("{")).status).toBe(400);
    const answer = await genuine({ message: { data: "x" }, subscription: "s" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ field: expect.stringContaining("body.message") as string }] });
  });
});
