import { createHmac, randomBytes } from "node:crypto";

const KEY_BYTES = 32;
const PREFIX = "whsec_";

export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(KEY_BYTES).toString("base64")}`;
}

/** Headers of Standard Webhooks: the receiver checks that the body is ours and not an old one, and knows a repetition by its id. */
export function signedHeaders(secret: string, { id, body, seconds }: { id: string; body: string; seconds: number }): Record<string, string> {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": `v1,${signature}` };
}
