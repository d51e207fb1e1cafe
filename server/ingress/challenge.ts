import type { WebhookConfig } from "@/server/triggers/kinds/webhook/spec";
import { type Endpoint, endpointSecret } from "@/server/triggers/service";
import { countingGuesses } from "./guesses";
import type { Incoming } from "./incoming";
import { unverified } from "./turned-away";
import { isSame } from "./verify";

const plain = (text: string) => new Response(text, { headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", "cache-control": "no-store" } });

/** Meta asks by GET whether we know the verify token, before it sends anything. */
export async function answerMeta(endpoint: Endpoint, { metaVerifySecret }: WebhookConfig, request: Incoming): Promise<Response | null> {
  const { searchParams } = new URL(request.url);
  if (request.method !== "GET" || metaVerifySecret === undefined || searchParams.get("hub.mode") !== "subscribe") return null;
  await countingGuesses(endpoint, request, async () => {
    const secret = await endpointSecret(endpoint, metaVerifySecret);
    if (secret === null || secret === "" || !isSame(searchParams.get("hub.verify_token") ?? "", secret)) throw unverified();
  });
  return plain(searchParams.get("hub.challenge") ?? "");
}

/** Slack sends a signed question first, and wants its word back. */
export function answerSlack({ auth }: WebhookConfig, body: Buffer): Response | null {
  if (auth.type !== "slack" || !body.includes("url_verification")) return null;
  try {
    const { type, challenge } = JSON.parse(body.toString("utf8")) as { type?: unknown; challenge?: unknown };
    return type === "url_verification" && typeof challenge === "string" ? plain(challenge) : null;
  } catch {
    return null;
  }
}
