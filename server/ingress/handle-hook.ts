import type { WebhookConfig } from "@/server/triggers/kinds/webhook/spec";
import { type Endpoint, findEndpointByToken } from "@/server/triggers/service";
import { takeAndAnswer } from "./answer";
import { answerPush } from "./answer-push";
import { answerMeta, answerSlack } from "./challenge";
import { eventOfRequest } from "./event-of-request";
import { passGate, requireVerified, secretHeadersOf } from "./gate";
import { answerGithub } from "./github-hook";
import { guarded } from "./guarded";
import type { Incoming } from "./incoming";
import { readBytes } from "./read-request";
import { closedAddress, methodNotAllowed, unknownAddress } from "./turned-away";

const KILOBYTE = 1_024;

/** `/api/hooks/<token>`: verify, record, answer. */
export async function handleHook(request: Incoming, token: string): Promise<Response> {
  return guarded(request, "/api/hooks", async () => {
    const endpoint = await findEndpointByToken(token);
    const answer = endpoint === null ? undefined : HOOKS[endpoint.kind];
    if (endpoint === null || answer === undefined) return { endpoint: null, answer: () => Promise.resolve(unknownAddress("hook")) };
    return { endpoint, answer: () => (endpoint.isOpen ? answer(endpoint, request, token) : Promise.reject(closedAddress(endpoint.pausedUntil))) };
  });
}

/** Kinds whose events come to an address with a token. */
const HOOKS: Readonly<Record<string, (endpoint: Endpoint, request: Incoming, token: string) => Promise<Response>>> = { webhook: answerHook, github: answerGithub, pubsubPush: answerPush };

async function answerHook(endpoint: Endpoint, request: Incoming, token: string): Promise<Response> {
  const config = endpoint.config as WebhookConfig;
  await passGate(endpoint, request, config);
  const handshake = await answerMeta(endpoint, config, request);
  if (handshake !== null) return handshake;
  if (!(config.methods as string[]).includes(request.method)) throw methodNotAllowed(request.method, config.methods);
  const bytes = await readBytes(request, config.maxBodyKb * KILOBYTE);
  await requireVerified(endpoint, config.auth, request, bytes);
  const challenge = answerSlack(config, bytes);
  if (challenge !== null) return challenge;
  const event = await eventOfRequest(endpoint, request, bytes, config.dedupe, { meta: { path: "/api/hooks" }, secretHeaders: secretHeadersOf(config.auth) });
  // The address is the right: it goes when it is renewed, or the trigger is switched off.
  const mayListen = async () => {
    const now = await findEndpointByToken(token);
    return now !== null && (now.isOpen || now.pausedUntil !== null);
  };
  return takeAndAnswer(endpoint, event, config.answer, { signal: request.signal, mayListen });
}
