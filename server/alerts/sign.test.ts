import { expect, it } from "vitest";
import vectors from "@/server/ingress/fixtures/webhook-vectors.json";
import { newSigningSecret, signedHeaders } from "./sign";

it("signs as the published vector of Standard Webhooks says", () => {
  const { id, timestamp, payload, expected, secret } = vectors.standardWebhooks;
  expect(signedHeaders(secret, { id, body: payload, seconds: timestamp })).toEqual({ "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": expected });
});

it("makes keys of 32 random bytes", () => {
  const [one, other] = [newSigningSecret(), newSigningSecret()];
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(one).not.toBe(other);
});
