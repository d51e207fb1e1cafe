import { originOf } from "@/server/auth/request-origin";
import { asDomainError, problemResponse } from "@/server/rest/problem";
import { reportUnexpected } from "@/server/rest/report";
import { webhookConfig, type WebhookConfig } from "@/server/triggers/kinds/webhook/spec";
import { type Endpoint, findEndpointByToken, noteRefusal } from "@/server/triggers/service";
import { takeAndAnswer } from "./answer";
import { answerMeta, answerSlack } from "./challenge";
import { eventOfRequest } from "./event-of-request";
import { passGate, requireVerified, secretHeadersOf } from "./gate";
import { readBytes } from "./read-request";
import { closedAddress, refusal, TurnedAway, unknownAddress } from "./turned-away";

const KILOBYTE = 1_024;

/** `/api/hooks/<token>`: verify, record, answer. */
export async function handleHook(request: Request, token: string): Promise<Response> {
  return guarded(request, "/api/hooks", async () => {
    const endpoint = await findEndpointByToken(token);
    if (endpoint?.kind !== "webhook") return { endpoint: null, answer: () => Promise.resolve(unknownAddress()) };
    return { endpoint, answer: () => (endpoint.isOpen ? answerHook(endpoint, webhookConfig.parse(endpoint.config), request) : Promise.resolve(closedAddress())) };
  });
}

async function answerHook(endpoint: Endpoint, config: WebhookConfig, request: Request): Promise<Response> {
  await passGate(endpoint, request, config);
  const handshake = await answerMeta(endpoint, config, request);
  if (handshake !== null) return handshake;
  if (!(config.methods as string[]).includes(request.method)) throw methodNotAllowed(request.method, config.methods);
  const bytes = await readBytes(request, config.maxBodyKb * KILOBYTE);
  await requireVerified(endpoint, config.auth, request, bytes);
  const challenge = answerSlack(config, bytes);
  if (challenge !== null) return challenge;
  const event = await eventOfRequest(endpoint, request, bytes, config.dedupe, { meta: { path: "/api/hooks" }, secretHeaders: secretHeadersOf(config.auth) });
  return takeAndAnswer(endpoint, event, config.answer, request.signal);
}

export function methodNotAllowed(method: string, allowed: readonly string[]): TurnedAway {
  return new TurnedAway("method", refusal({ kind: "method_not_allowed", title: "Method not allowed", status: 405, detail: `${method} is not possible here, but ${allowed.join(", ")}.`, headers: { allow: allowed.join(", ") } }));
}

/** Whatever happens ends in a problem document, and what was turned away is counted with its trigger. The address is a key: it is in no log. */
export async function guarded(request: Request, place: string, find: () => Promise<{ endpoint: Endpoint | null; answer: () => Promise<Response> }>): Promise<Response> {
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
    if (asDomainError(error) === null) reportUnexpected(error, `${request.method} ${place}${endpoint === null ? "" : ` (trigger ${endpoint.id})`}`);
    return problemResponse(error, originOf(request.headers).requestId);
  }
}
