import { documentResponse, typeOf } from "@/server/rest/problem";
import { noteUnknownCall } from "@/server/triggers/service";

/** Why a request is turned away; `reason` is counted with the trigger. */
export class TurnedAway extends Error {
  constructor(
    readonly reason: "method" | "address" | "closed" | "too_large" | "rate" | "unverified" | "forbidden" | "malformed" | "invalid_input",
    readonly response: Response,
  ) {
    super(reason);
  }
}

interface Refusal {
  kind: string;
  title: string;
  status: number;
  detail: string;
  headers?: Record<string, string>;
  more?: Record<string, unknown>;
}

export function refusal({ kind, title, status, detail, headers, more }: Refusal): Response {
  return documentResponse({ ...more, type: typeOf(kind), title, status, detail }, headers);
}

/** The same for a token that never was and for one that was rotated. */
export function unknownAddress(place: "hook" | "route"): Response {
  noteUnknownCall(place);
  return refusal({ kind: "not_found", title: "Not found", status: 404, detail: "There is nothing at this address." });
}

/** `pausedUntil`: it is back then. */
export function closedAddress(pausedUntil: Date | null = null): TurnedAway {
  if (pausedUntil !== null) {
    const seconds = Math.max(1, Math.ceil((pausedUntil.getTime() - Date.now()) / 1_000));
    return new TurnedAway("closed", refusal({ kind: "unavailable", title: "Paused", status: 503, detail: `This address takes nothing until ${pausedUntil.toISOString()}.`, headers: { "retry-after": String(seconds) } }));
  }
  return new TurnedAway("closed", refusal({ kind: "gone", title: "Gone", status: 410, detail: "This address takes nothing at present." }));
}

export function tooMany(seconds: number): TurnedAway {
  return new TurnedAway("rate", refusal({ kind: "rate_limited", title: "Too many requests", status: 429, detail: `Try again in ${seconds} seconds.`, headers: { "retry-after": String(seconds) } }));
}

/** Says nothing of which part did not fit. */
export function unverified(challenge?: string): TurnedAway {
  const headers: Record<string, string> = challenge === undefined ? {} : { "www-authenticate": challenge };
  return new TurnedAway("unverified", refusal({ kind: "unverified", title: "Not verified", status: 401, detail: "The request could not be verified.", headers }));
}

export function methodNotAllowed(method: string, allowed: readonly string[]): TurnedAway {
  return new TurnedAway("method", refusal({ kind: "method_not_allowed", title: "Method not allowed", status: 405, detail: `${method} is not possible here, but ${allowed.join(", ")}.`, headers: { allow: allowed.join(", ") } }));
}
