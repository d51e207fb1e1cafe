import { githubConfig } from "@/server/triggers/kinds/github/spec";
import { type Endpoint, noteSubscriptionPing, signingSecretOf } from "@/server/triggers/service";
import { takeAndAnswer } from "./answer";
import { eventOfRequest } from "./event-of-request";
import { countingGuesses } from "./guesses";
import type { Incoming } from "./incoming";
import { readBytes } from "./read-request";
import { methodNotAllowed, unverified } from "./turned-away";
import { isVerified } from "./verify";

/** GitHub sends no more. */
const MAX_BODY_BYTES = 25 * 1_024 * 1_024;

/** A delivery of a hook that this installation made: signed with the secret of its own, told apart by its delivery id. */
export async function answerGithub(endpoint: Endpoint, request: Incoming): Promise<Response> {
  if (request.method !== "POST") throw methodNotAllowed(request.method, ["POST"]);
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  await countingGuesses(endpoint, request, async () => {
    const secret = await signingSecretOf(endpoint);
    if (!isVerified({ type: "github", secret: "" }, { headers: request.headers, body: bytes, now: 0 }, secret)) throw unverified();
  });
  const [name, delivery] = [request.headers.get("x-github-event") ?? "", request.headers.get("x-github-delivery")];
  if (name === "ping") {
    await noteSubscriptionPing(endpoint);
    return Response.json({ ok: true });
  }
  // A hook that was changed a moment ago may still send what is not wanted any more.
  const { events } = githubConfig.parse(endpoint.config);
  if (!events.includes("*") && !events.includes(name)) return Response.json({ ok: true, ignored: name });
  const event = await eventOfRequest(endpoint, request, bytes, { type: "none" }, { meta: { path: "/api/hooks", event: name, delivery }, secretHeaders: [] });
  return takeAndAnswer(endpoint, delivery === null ? event : { ...event, dedupeKey: `delivery ${delivery}` }, { mode: "accept" }, { signal: request.signal, mayListen: () => Promise.resolve(true) });
}
