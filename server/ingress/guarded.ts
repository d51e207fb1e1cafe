import { originOf } from "@/server/auth/request-origin";
import { asDomainError, problemResponse } from "@/server/rest/problem";
import { reportUnexpected } from "@/server/rest/report";
import { type Endpoint, noteRefusal } from "@/server/triggers/service";
import type { Incoming } from "./incoming";
import { TurnedAway } from "./turned-away";

/** Whatever happens ends in a problem document, and what was turned away is counted with its trigger. The address is a key: it is in no log. */
export async function guarded(request: Incoming, place: string, find: () => Promise<{ endpoint: Endpoint | null; answer: () => Promise<Response> }>): Promise<Response> {
  let endpoint: Endpoint | null = null;
  try {
    const found = await find();
    endpoint = found.endpoint;
    return await found.answer();
  } catch (error) {
    if (error instanceof TurnedAway) {
      if (endpoint !== null) noteRefusal(endpoint.id, error.reason);
      return error.response;
    }
    const origin = originOf(request.headers);
    if (asDomainError(error) === null) reportUnexpected(error, `${request.method} ${place}${endpoint === null ? "" : ` (trigger ${endpoint.id})`}`, origin);
    return problemResponse(error, origin.requestId);
  }
}
