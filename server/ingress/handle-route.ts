import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { ROUTE_PREFIX, ROUTES_DOCUMENT } from "@/server/triggers/kinds/route/path";
import { type Endpoint, findRoute, inputProblems, type NewEvent, noteUnknownCall, type RouteMatch } from "@/server/triggers/service";
import { invalidInput, takeAndAnswer } from "./answer";
import { requireCaller } from "./callers";
import { eventOfRequest } from "./event-of-request";
import { passGate } from "./gate";
import { guarded } from "./guarded";
import type { Incoming } from "./incoming";
import { readBytes } from "./read-request";
import { answerRoutesDocument } from "./routes-document";
import { closedAddress, methodNotAllowed, TurnedAway, unknownAddress } from "./turned-away";

const KILOBYTE = 1_024;

/** `/api/r/<workspace>/<path>`: an HTTP API made of workflows. */
export async function handleRoute(request: Incoming): Promise<Response> {
  const segments = requestedSegments(request);
  const [slug, rest] = segments ?? [];
  if (request.method === "GET" && slug !== undefined && rest === ROUTES_DOCUMENT && segments?.length === 2) return answerRoutesDocument(request, slug);
  return guarded(request, ROUTE_PREFIX, async () => {
    const found = segments === null ? null : await findRoute(request.method, segments);
    if (found === null) return { endpoint: null, answer: () => Promise.resolve(unknownAddress("route")) };
    if ("allowed" in found) {
      noteUnknownCall("route");
      throw methodNotAllowed(request.method, found.allowed);
    }
    const { match } = found;
    return { endpoint: match.endpoint, answer: () => (match.endpoint.isOpen ? answerRoute(match, request) : Promise.reject(closedAddress(match.endpoint.pausedUntil))) };
  });
}

/** Decoded; null when they cannot be. */
function requestedSegments(request: Incoming): string[] | null {
  try {
    return new URL(request.url).pathname.slice(ROUTE_PREFIX.length).split("/").filter((segment) => segment !== "").map(decodeURIComponent);
  } catch {
    return null;
  }
}

async function answerRoute(match: RouteMatch, request: Incoming): Promise<Response> {
  const { endpoint, config, params } = match;
  await passGate(endpoint, request, config);
  const bytes = await readBytes(request, config.maxBodyKb * KILOBYTE);
  const caller = await requireCaller(match, request, bytes);
  const secretHeaders = config.auth.type === "apiKey" ? [config.auth.header.toLowerCase()] : config.auth.type === "workflow" ? config.auth.headers.map((name) => name.toLowerCase()) : [];
  const event: NewEvent = { id: newId(), ...(await eventOfRequest(endpoint, request, bytes, config.dedupe, { meta: { params, ...(caller === undefined ? {} : { caller }) }, secretHeaders })) };
  await requireFittingInput(event, endpoint);
  return takeAndAnswer(endpoint, event, config.answer, { signal: request.signal, mayListen: () => mayStillListen(match, request) });
}

/** The route is still open, and its session or token may still call it. What else lets callers in judged one request, not a time. */
async function mayStillListen({ endpoint, config }: RouteMatch, request: Incoming): Promise<boolean> {
  const found = await findRoute(request.method, requestedSegments(request) ?? []);
  if (found === null || "allowed" in found || found.match.endpoint.id !== endpoint.id || !(found.match.endpoint.isOpen || found.match.endpoint.pausedUntil !== null)) return false;
  if (config.auth.type !== "token" && config.auth.type !== "session") return true;
  try {
    await requireCaller(found.match, request, new Uint8Array());
    return true;
  } catch (error) {
    if (error instanceof TurnedAway || (error instanceof DomainError && error.kind !== "unavailable")) return false;
    throw error;
  }
}

/** What could become no run is not taken in. */
async function requireFittingInput(event: NewEvent, endpoint: Endpoint): Promise<void> {
  const problems = await inputProblems(event, endpoint).catch((error: unknown) => {
    if (!DomainError.is(error, "invalid_input")) throw error;
    throw invalidInput(error.message, [{ field: error.data.field, reason: error.data.reason }]);
  });
  const [first] = problems;
  if (first === undefined) return;
  const errors = problems.map(({ path, message }) => ({ field: `input${path}`, reason: message }));
  throw invalidInput(`${errors[0]!.field} ${first.message}.`, errors);
}
