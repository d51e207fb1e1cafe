import { createLocalJWKSet, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters, type KeyLike } from "jose";
import { z } from "zod";
import { env } from "@/server/env";
import { createGuard } from "@/server/http/guard";
import type { HttpClient } from "@/server/http/client";
import { createHttpClient } from "@/server/http/send";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 512 * 1_024;
const FRESH_MS = 600_000;
/** How soon keys are read again because a token names one that is not known, or because they could not be read. */
const COOL_DOWN_MS = 30_000;
const MAX_KEPT = 500;

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(200) });
const discoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

type Find = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<KeyLike | Uint8Array>;

interface Kept {
  readAt: number;
  /** Also when that failed and what was known stays. */
  askedAt: number;
  /** Shared by all who ask meanwhile; a failure is kept as well, so that tokens of anybody's making cost no request each. */
  reading: Promise<Find>;
  hasFailed: boolean;
}

const kept = new Map<string, Kept>();
let http: HttpClient | undefined;

/** The key that signed a token of the issuer. Keys are read through the guard against private addresses, and kept for a while. */
export function keysOf({ issuer, keysUrl }: { issuer: string; keysUrl: string | null }): Find {
  return async (header, token) => {
    const known = current(issuer, keysUrl);
    try {
      return await (await known.reading)(header, token);
    } catch (error) {
      if (known.hasFailed || Date.now() - known.askedAt < COOL_DOWN_MS) throw error;
    }
    // A key that is not known may be a new one.
    const fresh = current(issuer, keysUrl, known);
    return (await fresh.reading)(header, token);
  };
}

function current(issuer: string, keysUrl: string | null, outdated?: Kept): Kept {
  const name = JSON.stringify([issuer, keysUrl]);
  const known = kept.get(name);
  if (known !== undefined && known !== outdated && Date.now() - known.readAt < (known.hasFailed ? COOL_DOWN_MS : FRESH_MS)) return known;
  const reading = readKeys(issuer, keysUrl).then((keys): Find => createLocalJWKSet(keys as unknown as JSONWebKeySet));
  const fresh: Kept = { readAt: Date.now(), askedAt: Date.now(), reading, hasFailed: false };
  reading.catch(() => {
    fresh.hasFailed = true;
    fresh.readAt = Date.now();
    // An issuer that is away for a moment takes nothing from the keys that are known.
    if (outdated !== undefined && kept.get(name) === fresh) kept.set(name, { ...outdated, askedAt: Date.now() });
  });
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(name, fresh);
  return fresh;
}

async function readKeys(issuer: string, keysUrl: string | null) {
  return jwksSchema.parse(await readJson(keysUrl ?? (await discover(issuer))));
}

async function discover(issuer: string): Promise<string> {
  const found = discoverySchema.parse(await readJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`));
  if (found.issuer !== issuer) throw new Error(`the discovery document is that of ${found.issuer}`);
  return found.jwks_uri;
}

async function readJson(url: string): Promise<unknown> {
  http ??= createHttpClient({ guard: createGuard({ allow: env.MILLRACE_SSRF_ALLOW }), baseUrl: env.MILLRACE_URL });
  const answer = await http.send({ method: "GET", url, headers: { accept: "application/json" }, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_BYTES, maxRedirects: 2 });
  if (answer.status !== 200) throw new Error(`${new URL(url).host} answered ${answer.status}`);
  return JSON.parse(Buffer.from(answer.body).toString("utf8")) as unknown;
}
