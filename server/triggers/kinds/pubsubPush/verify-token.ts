import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { guardedAgents } from "@/server/triggers/outbound";
import type { PubsubPushConfig } from "./spec";

const MAX_KEY_SETS = 200;
const CLOCK_TOLERANCE_SECONDS = 30;

type KeySet = ReturnType<typeof createRemoteJWKSet>;
const keySets = new Map<string, KeySet>();

/** `unavailable`: the issuer's keys could not be read, so that nothing can be said of the token. */
export type Verdict = "genuine" | "refused" | "unavailable";

/** Whether a bearer token was signed by the issuer, for this audience, in the name of the service account. */
export async function verifyPushToken(token: string, { email, issuer, keysUrl }: PubsubPushConfig, audience: string): Promise<Verdict> {
  try {
    const { payload } = await jwtVerify(token, keysOf(keysUrl), { issuer, audience, algorithms: ["RS256", "ES256"], clockTolerance: CLOCK_TOLERANCE_SECONDS, requiredClaims: ["exp"] });
    return payload.email === email && payload.email_verified === true ? "genuine" : "refused";
  } catch (error) {
    // What the library says of the token itself; everything else is a matter of reaching the keys.
    const isVerdict = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.constructor !== errors.JOSEError;
    return isVerdict ? "refused" : "unavailable";
  }
}

/** Keys are kept, and read again when a token names one that is not known. */
function keysOf(url: string): KeySet {
  const known = keySets.get(url);
  if (known !== undefined) return known;
  if (keySets.size >= MAX_KEY_SETS) keySets.clear();
  const { httpAgent, httpsAgent } = guardedAgents();
  const made = createRemoteJWKSet(new URL(url), { agent: url.startsWith("https:") ? httpsAgent : httpAgent });
  keySets.set(url, made);
  return made;
}
