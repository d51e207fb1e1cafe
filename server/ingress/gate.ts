import { countWithin } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { DomainError } from "@/server/errors/domain-error";
import { isWithinRanges } from "@/server/http/address-policy";
import type { WebhookAuth } from "@/server/triggers/kinds/webhook/spec";
import { type Endpoint, endpointSecret } from "@/server/triggers/service";
import { countingGuesses } from "./guesses";
import type { Incoming } from "./incoming";
import { refusal, tooMany, TurnedAway, unverified } from "./turned-away";
import { isVerified } from "./verify";

interface Gate {
  allowIps?: string[];
  ratePerMinute?: number;
}

/** What is cheap to refuse comes before anything is read. */
export async function passGate(endpoint: Endpoint, request: Incoming, { allowIps, ratePerMinute }: Gate): Promise<void> {
  const { ip } = originOf(request.headers);
  if (allowIps !== undefined && !isWithinRanges(ip === "local" ? "127.0.0.1" : ip, allowIps)) {
    throw new TurnedAway("address", refusal({ kind: "forbidden", title: "Not allowed", status: 403, detail: "This address may not call here." }));
  }
  if (ratePerMinute === undefined) return;
  try {
    await countWithin(`trigger:${endpoint.id}`, ratePerMinute, 60);
  } catch (error) {
    if (!DomainError.is(error, "rate_limited")) throw error;
    throw tooMany(error.data.retryAfterSeconds);
  }
}

export async function requireVerified(endpoint: Endpoint, auth: WebhookAuth, request: Incoming, body: Uint8Array): Promise<void> {
  if (auth.type === "none") return;
  await countingGuesses(endpoint, request, async () => {
    const secret = await endpointSecret(endpoint, auth.secret);
    if (isVerified(auth, { headers: request.headers, body, now: Math.floor(Date.now() / 1_000) }, secret)) return;
    throw unverified(auth.type === "basic" ? 'Basic realm="Millrace"' : auth.type === "bearer" ? "Bearer" : undefined);
  });
}

/** Headers of a request that hold its key. */
export function secretHeadersOf(auth: WebhookAuth): string[] {
  return auth.type === "apiKey" ? [auth.header.toLowerCase()] : [];
}
