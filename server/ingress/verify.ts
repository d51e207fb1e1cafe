import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookAuth } from "@/server/triggers/kinds/webhook/spec";

export interface SignedRequest {
  headers: Headers;
  /** As it came: a signature is over bytes. */
  body: Uint8Array;
  /** Seconds since 1970. */
  now: number;
}

/** Whether the request proves where it comes from. Without the secret, or with an empty one, nothing does. */
export function isVerified(auth: WebhookAuth, request: SignedRequest, secret: string | null): boolean {
  if (auth.type === "none") return true;
  if (secret === null || secret === "") return false;
  const header = (name: string) => request.headers.get(name) ?? "";
  switch (auth.type) {
    case "basic":
      return isSame(header("authorization").replace(/^basic\s+/i, "Basic "), `Basic ${Buffer.from(`${auth.username}:${secret}`).toString("base64")}`);
    case "bearer":
      return isSame(header("authorization").replace(/^bearer\s+/i, "Bearer "), `Bearer ${secret}`);
    case "apiKey":
      return isSame(header(auth.header), secret);
    case "standardWebhooks":
      return isStandard(request, secret, auth.toleranceSeconds);
    case "github":
      return isSame(header("x-hub-signature-256"), `sha256=${sign("sha256", secret, "hex", request.body)}`);
    case "shopify":
      return isSame(header("x-shopify-hmac-sha256"), sign("sha256", secret, "base64", request.body));
    case "slack": {
      const time = header("x-slack-request-timestamp");
      return isFresh(time, request.now, auth.toleranceSeconds) && isSame(header("x-slack-signature"), `v0=${sign("sha256", secret, "hex", `v0:${time}:`, request.body)}`);
    }
    case "stripe":
      return isStripe(request, secret, auth.toleranceSeconds);
    case "hmac": {
      const { algorithm, encoding, prefix, timestampHeader, toleranceSeconds } = auth;
      const time = timestampHeader === undefined ? null : header(timestampHeader);
      if (time !== null && !isFresh(time, request.now, toleranceSeconds)) return false;
      const expected = sign(algorithm, secret, encoding, ...(time === null ? [] : [`${time}.`]), request.body);
      const given = header(auth.header);
      return isSame(encoding === "hex" ? given.toLowerCase() : given, encoding === "hex" ? `${prefix}${expected}`.toLowerCase() : `${prefix}${expected}`);
    }
  }
}

/** Several signatures may stand there, one for each key while keys change. */
function isStandard({ headers, body, now }: SignedRequest, secret: string, toleranceSeconds: number): boolean {
  const [id, time] = [headers.get("webhook-id") ?? headers.get("svix-id"), headers.get("webhook-timestamp") ?? headers.get("svix-timestamp")];
  const given = headers.get("webhook-signature") ?? headers.get("svix-signature");
  if (!id || !time || !given || !isFresh(time, now, toleranceSeconds)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (key.length === 0) return false;
  const expected = sign("sha256", key, "base64", `${id}.${time}.`, body);
  return given.split(" ").map((one) => isSame(one, `v1,${expected}`)).includes(true);
}

function isStripe({ headers, body, now }: SignedRequest, secret: string, toleranceSeconds: number): boolean {
  const parts = (headers.get("stripe-signature") ?? "").split(",").map((part) => part.trim().split("=", 2) as [string, string?]);
  const time = parts.find(([name]) => name === "t")?.[1] ?? "";
  if (!isFresh(time, now, toleranceSeconds)) return false;
  const expected = sign("sha256", secret, "hex", `${time}.`, body);
  return parts.filter(([name]) => name === "v1").map(([, signature = ""]) => isSame(signature, expected)).includes(true);
}

function isFresh(time: string, now: number, toleranceSeconds: number): boolean {
  return /^\d{1,12}$/.test(time) && Math.abs(now - Number(time)) <= toleranceSeconds;
}

function sign(algorithm: string, key: string | Buffer, encoding: "hex" | "base64" | "base64url", ...parts: (string | Uint8Array)[]): string {
  const hmac = createHmac(algorithm, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest(encoding);
}

/** Digests have one length, so that the time tells nothing about the expected text. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
