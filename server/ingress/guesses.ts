import { networkOf } from "@/server/auth/client-address";
import { countAttempt } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { DomainError } from "@/server/errors/domain-error";
import type { Endpoint } from "@/server/triggers/service";
import type { Incoming } from "./incoming";
import { tooMany, TurnedAway } from "./turned-away";

const MAX_KEPT = 10_000;
/** Until when nothing of an address is looked at; the counting itself is in the database, for all web processes together. */
const shutOut = new Map<string, number>();

/** What proves nothing counts against its address at this endpoint. After so many even the right secret of that address is not looked at. */
export async function countingGuesses<Result>(endpoint: Endpoint, request: Incoming, verify: () => Promise<Result>): Promise<Result> {
  const caller = `${endpoint.id} ${networkOf(originOf(request.headers).ip)}`;
  const until = shutOut.get(caller) ?? 0;
  if (until > Date.now()) throw tooMany(Math.ceil((until - Date.now()) / 1_000));
  try {
    return await verify();
  } catch (error) {
    if (!(error instanceof TurnedAway) || error.reason !== "unverified") throw error;
    await countAttempt("endpointSecretByAddress", caller).catch((limit: unknown) => {
      if (!DomainError.is(limit, "rate_limited")) throw limit;
      const seconds = limit.data.retryAfterSeconds;
      if (shutOut.size >= MAX_KEPT) shutOut.clear();
      shutOut.set(caller, Date.now() + seconds * 1_000);
      throw tooMany(seconds);
    });
    throw error;
  }
}
