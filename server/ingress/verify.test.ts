import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { webhookAuthSchema } from "@/server/triggers/kinds/webhook/spec";
import vectors from "./fixtures/webhook-vectors.json";
import { isVerified } from "./verify";

const auth = (given: Record<string, unknown>) => webhookAuthSchema.parse({ secret: "KEY", ...given });
const request = (headers: Record<string, string>, body: string, now = 0) => ({ headers: new Headers(headers), body: Buffer.from(body), now });

describe("Standard Webhooks", () => {
  const { id, timestamp, payload, expected, secret } = vectors.standardWebhooks;
  const good = { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": expected };
  const check = (headers: Record<string, string | undefined>, now = timestamp, key: string | null = secret) =>
    isVerified(auth({ type: "standardWebhooks" }), request(Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<string, string>, payload, now), key);

  it("takes the published vector, also among other signatures", () => {
    expect(check(good)).toBe(true);
    expect(check({ ...good, "webhook-signature": `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc ${expected}` })).toBe(true);
    expect(check({ "svix-id": id, "svix-timestamp": String(timestamp), "svix-signature": expected })).toBe(true);
  });

  it.each([
    ["missing webhook-id", { ...good, "webhook-id": undefined }],
    ["missing webhook-timestamp", { ...good, "webhook-timestamp": undefined }],
    ["non-numeric timestamp", { ...good, "webhook-timestamp": "hi" }],
    ["missing signature", { ...good, "webhook-signature": undefined }],
    ["signature truncated", { ...good, "webhook-signature": expected.slice(0, -8) }],
    ["empty after v1,", { ...good, "webhook-signature": "v1," }],
    ["v2, prefix only", { ...good, "webhook-signature": expected.replace("v1,", "v2,") }],
  ])("refuses: %s", (_name, headers) => expect(check(headers)).toBe(false));

  it("refuses what is older or newer than the tolerance, and everything without a secret", () => {
    expect([300, -300].map((offset) => check(good, timestamp + offset))).toEqual([true, true]);
    expect([301, -301].map((offset) => check(good, timestamp + offset))).toEqual([false, false]);
    expect([null, "", "whsec_"].map((key) => check(good, timestamp, key))).toEqual([false, false, false]);
  });
});

describe("other presets", () => {
  it("GitHub", () => {
    for (const { secret, payload, expected } of [vectors.github, vectors.githubOctokit]) {
      expect(isVerified(auth({ type: "github" }), request({ "x-hub-signature-256": expected }, payload), secret)).toBe(true);
      expect(isVerified(auth({ type: "github" }), request({ "x-hub-signature-256": expected }, `${payload} `), secret)).toBe(false);
      expect(isVerified(auth({ type: "github" }), request({}, payload), secret)).toBe(false);
    }
  });

  it("Slack", () => {
    const { signingSecret, timestamp, body, expected } = vectors.slack;
    const headers = { "x-slack-request-timestamp": String(timestamp), "x-slack-signature": expected };
    expect(isVerified(auth({ type: "slack" }), request(headers, body, timestamp), signingSecret)).toBe(true);
    expect(isVerified(auth({ type: "slack" }), request(headers, body, timestamp + 301), signingSecret)).toBe(false);
    expect(isVerified(auth({ type: "slack" }), request({ ...headers, "x-slack-request-timestamp": String(timestamp + 1) }, body, timestamp), signingSecret)).toBe(false);
  });

  it("Stripe, also while two keys are in use, and Shopify", () => {
    const stripe = (key: string) => createHmac("sha256", key).update("1700000000.{}").digest("hex");
    const signed = { "stripe-signature": `t=1700000000,v1=${stripe("old")},v1=${stripe("new")},v0=x` };
    expect(isVerified(auth({ type: "stripe" }), request(signed, "{}", 1_700_000_010), "new")).toBe(true);
    expect(isVerified(auth({ type: "stripe" }), request(signed, "{}", 1_700_000_010), "other")).toBe(false);
    expect(isVerified(auth({ type: "stripe" }), request({ "stripe-signature": "" }, "{}", 1_700_000_010), "new")).toBe(false);
    const shopify = createHmac("sha256", "k").update("{}").digest("base64");
    expect(isVerified(auth({ type: "shopify" }), request({ "x-shopify-hmac-sha256": shopify }, "{}"), "k")).toBe(true);
    expect(isVerified(auth({ type: "shopify" }), request({ "x-shopify-hmac-sha256": shopify }, "{ }"), "k")).toBe(false);
  });

  it("signatures as somebody configures them", () => {
    const rule = { type: "hmac", header: "x-sig", algorithm: "sha512", encoding: "base64url", prefix: "v=", timestampHeader: "x-time" };
    const headers = { "x-time": "100", "x-sig": `v=${createHmac("sha512", "k").update("100.body").digest("base64url")}` };
    expect(isVerified(auth(rule), request(headers, "body", 120), "k")).toBe(true);
    expect(isVerified(auth(rule), request({ ...headers, "x-time": "101" }, "body", 120), "k")).toBe(false);
    expect(isVerified(auth({ ...rule, toleranceSeconds: 10 }), request(headers, "body", 120), "k")).toBe(false);
    const hex = createHmac("sha1", "k").update("body").digest("hex").toUpperCase();
    expect(isVerified(auth({ type: "hmac", algorithm: "sha1" }), request({ "x-signature": hex }, "body"), "k")).toBe(true);
  });

  it("passwords, tokens and keys", () => {
    const basic = `Basic ${Buffer.from("me:pass:word").toString("base64")}`;
    expect(isVerified(auth({ type: "basic", username: "me" }), request({ authorization: basic }, ""), "pass:word")).toBe(true);
    expect(isVerified(auth({ type: "basic", username: "me" }), request({ authorization: basic.replace("Basic", "basic") }, ""), "pass:word")).toBe(true);
    expect(isVerified(auth({ type: "basic", username: "you" }), request({ authorization: basic }, ""), "pass:word")).toBe(false);
    expect(isVerified(auth({ type: "bearer" }), request({ authorization: "bearer t" }, ""), "t")).toBe(true);
    expect(isVerified(auth({ type: "bearer" }), request({ authorization: "t" }, ""), "t")).toBe(false);
    expect(isVerified(auth({ type: "apiKey" }), request({ "x-api-key": "t" }, ""), "t")).toBe(true);
    expect(isVerified(auth({ type: "apiKey" }), request({}, ""), null)).toBe(false);
    expect(isVerified({ type: "none" }, request({}, ""), null)).toBe(true);
  });
});
