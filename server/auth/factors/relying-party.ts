import { isIP } from "node:net";
import { DomainError } from "@/server/errors/domain-error";
import { env } from "@/server/env";

export interface RelyingParty {
  id: string;
  origin: string;
}

const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Passkeys belong to a domain, never to an address of numbers. An installation that is only on this machine is `localhost` to them,
 * if the page was opened under that name. Null: passkeys cannot be used here.
 */
export function relyingParty(pageOrigin: string | null, baseUrl: string = env.MILLRACE_URL): RelyingParty | null {
  const own = new URL(baseUrl);
  if (own.hostname === "localhost" || isIP(own.hostname.replace(/^\[|\]$/g, "")) === 0) return { id: own.hostname, origin: own.origin };
  if (!LOOPBACK.includes(own.hostname) || pageOrigin === null || !URL.canParse(pageOrigin)) return null;
  const page = new URL(pageOrigin);
  return page.hostname === "localhost" && page.port === own.port && page.protocol === own.protocol ? { id: "localhost", origin: page.origin } : null;
}

export function requireRelyingParty(headers: Headers): RelyingParty {
  const party = relyingParty(pageOriginOf(headers));
  if (party === null) throw new DomainError("invalid_input", { field: "address", reason: "is none that passkeys work with: open this page under a domain name" });
  return party;
}

/** Where the page of a request stands: what it says itself, or the host it was fetched from. */
export function pageOriginOf(headers: Headers): string | null {
  const origin = headers.get("origin");
  if (origin !== null) return origin;
  const host = headers.get("host");
  return host === null ? null : `${new URL(env.MILLRACE_URL).protocol}//${host}`;
}
