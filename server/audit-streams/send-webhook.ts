import { alertHttp, signedHeaders } from "@/server/alerts/service";
import type { StreamConfig } from "./contract";
import type { StreamSecrets } from "./secrets";

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1_024;
const MAX_TOLD_CHARACTERS = 200;

type WebhookConfig = Extract<StreamConfig, { kind: "webhook" }>;

/** A repetition of the same events carries the same id. */
export async function sendWebhook({ url, header }: WebhookConfig, { signingSecret, headerValue }: StreamSecrets, message: { id: string; type: string; data: unknown }): Promise<void> {
  if (signingSecret === undefined) throw new Error("the stream has no key to sign with");
  const body = JSON.stringify({ type: message.type, timestamp: new Date().toISOString(), data: message.data });
  const headers = {
    ...(header === null || headerValue === undefined ? {} : { [header.toLowerCase()]: headerValue }),
    "content-type": "application/json",
    ...signedHeaders(signingSecret, { id: message.id, body, seconds: Math.floor(Date.now() / 1_000) }),
  };
  const answer = await alertHttp().send({ method: "POST", url, body, headers, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_ANSWER_BYTES, maxRedirects: 0 });
  if (answer.status >= 200 && answer.status < 300) return;
  const said = Buffer.from(answer.body).toString("utf8").trim().slice(0, MAX_TOLD_CHARACTERS);
  throw new Error(`the other side answered ${answer.status}${said === "" ? "" : `: ${said}`}`);
}
