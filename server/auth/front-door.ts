import http from "node:http";
import { isDatabaseAway } from "@/server/db/away";
import { env } from "@/server/env";
import { logRequest } from "./request-line";
import { requestIdOf } from "./request-origin";
import { isSecureOrigin } from "./session-cookie";
import { clientAddress, TrustedProxies } from "./client-address";

/** Of this host alone: what else runs below its domain is the operator's to say. */
const HTTPS_ONLY_SECONDS = 31_536_000;
const MARK = Symbol.for("millrace.frontDoor");

/** Answers a request itself; null: it is the web framework's. */
type Porter = (request: http.IncomingMessage) => ((response: http.ServerResponse) => Promise<void>) | null;

/**
 * Every request of the process carries the client's true address in `x-forwarded-for`, and an id in `x-request-id`, before anybody reads them. The web framework
 * hands on no socket, and keeps a header that the client made up.
 */
export function watchFrontDoor(porter: Porter = () => null): void {
  const prototype = http.Server.prototype as http.Server & { [MARK]?: true };
  if (prototype[MARK] === true) return;
  prototype[MARK] = true;
  const proxies = new TrustedProxies(env.TRUSTED_PROXIES);
  const emit = prototype.emit as (this: http.Server, event: string | symbol, ...values: unknown[]) => boolean;
  prototype.emit = function (this: http.Server, event: string | symbol, ...values: unknown[]) {
    const [request, response] = values as [http.IncomingMessage, http.ServerResponse];
    if (event === "request" || event === "upgrade") nameClient(request, proxies);
    if (event === "request") nameRequest(request, response);
    const answer = event === "request" ? porter(request) : null;
    if (answer !== null) {
      // What fails here is the connection: every other failure is an answer already.
      answer(response).catch(() => response.destroy());
      return true;
    }
    if (event === "request") sayUnavailable(response);
    return emit.call(this, event, ...values);
  } as typeof prototype.emit;
}

/** A page has no say in its status: one that failed because the database is away is a 503, with a time to come back, rather than a 500. */
function sayUnavailable(response: http.ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => http.ServerResponse;
  response.writeHead = ((status: number, ...more: unknown[]) => {
    if (status !== 500 || !isDatabaseAway()) return writeHead(status, ...more);
    response.setHeader("retry-after", "2");
    return writeHead(503, ...more);
  }) as typeof response.writeHead;
}

/** Under one id in its answer, in the log and in the audit log. With what holds for every answer, of the API as of pages. */
function nameRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
  const given = request.headers["x-request-id"];
  const id = requestIdOf(Array.isArray(given) ? null : given);
  request.headers["x-request-id"] = id;
  response.setHeader("x-request-id", id);
  response.setHeader("x-content-type-options", "nosniff");
  if (isSecureOrigin()) response.setHeader("strict-transport-security", `max-age=${HTTPS_ONLY_SECONDS}`);
  logRequest(request, response, id);
}

function nameClient(request: http.IncomingMessage, proxies: TrustedProxies): void {
  const { headers, socket } = request;
  const claimed = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = clientAddress(socket.remoteAddress, Array.isArray(claimed) ? claimed.join(",") : claimed, proxies);
}
