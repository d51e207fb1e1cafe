import { awaitRun } from "@/server/live/await-run";
import { isAnswerHeader } from "@/server/nodes/answer-headers";
import type { AnswerRule } from "@/server/triggers/kinds/webhook/spec";
import { type Endpoint, type EventError, type NewEvent, readRunAnswer, type RunAnswer, takeIn, storedValue } from "@/server/triggers/service";
import { endOf, jsonOf } from "./stored-text";
import { streamRun } from "./stream-run";
import { closedAddress, refusal, TurnedAway } from "./turned-away";

/** `mayListen`: whether the caller may still hear of the run, asked whenever rights change while they do. */
interface Caller {
  signal: AbortSignal;
  mayListen: () => Promise<boolean>;
}

/** An event that waits longer, for its turn or another attempt, is told as it goes. */
const DECIDED_SECONDS = 10;

/** Takes the event in and answers as the trigger says. What the caller hears is true: the event is durable then. */
export async function takeAndAnswer(endpoint: Endpoint, event: NewEvent, rule: AnswerRule, { signal, mayListen }: Caller): Promise<Response> {
  const { recorded, dispatched } = await takeIn(event, endpoint);
  if (recorded.status === "refused") throw closedAddress();
  const { runId, eventId, isNew } = recorded;
  // Its trigger is not for it: there will be no run.
  const filtered = () => Response.json({ runId: null, eventId, duplicate: !isNew, filtered: true }, { status: 202, headers: { "cache-control": "no-store" } });
  if (recorded.status === "filtered") return filtered();
  const accepted = () => Response.json({ runId, eventId, duplicate: !isNew }, { status: 202, headers: { "cache-control": "no-store" } });
  if (rule.mode === "accept" || recorded.status === "held" || recorded.status === "captured") {
    dispatched.catch(() => {});
    return accepted();
  }
  const result = await dispatched;
  if (result?.status === "filtered") return filtered();
  if (result?.status === "failed") throw notStarted(result.error);
  const place = { workspaceId: endpoint.workspaceId, runId, eventId };
  if (rule.mode === "stream") {
    // Another process decides what becomes of it: nothing is said before.
    const isOpen = result === null && recorded.status === "received";
    if (isOpen && (await awaitRun(place, Math.min(rule.timeoutSeconds, DECIDED_SECONDS), async () => decided(await readRunAnswer(place.workspaceId, eventId)), signal)) === "filtered") return filtered();
    return streamRun({ ...place, triggerId: endpoint.id }, rule.timeoutSeconds, { signal, mayListen });
  }
  const answer = await awaitRun(place, rule.timeoutSeconds, async () => endOf(await readRunAnswer(place.workspaceId, eventId)), signal);
  if (answer?.eventStatus === "filtered") return filtered();
  return answer === null ? accepted() : answerWith(place, answer);
}

function decided(answer: RunAnswer | null): string | null {
  return answer === null || answer.eventStatus === "received" ? null : answer.eventStatus;
}

export function notStarted({ code, message, field }: EventError): TurnedAway {
  if (code !== "invalid_input") return new TurnedAway("invalid_input", refusal({ kind: "unavailable", title: "Not started", status: 503, detail: "No run could be started. The event was kept." }));
  const errors = [{ field: field ?? "body", reason: message }];
  return invalidInput(message, errors);
}

export function invalidInput(detail: string, errors: readonly { field: string; reason: string }[]): TurnedAway {
  return new TurnedAway("invalid_input", refusal({ kind: "invalid_input", title: "Invalid input", status: 400, detail, more: { errors } }));
}

async function answerWith({ workspaceId, runId }: { workspaceId: string; runId: string }, answer: RunAnswer): Promise<Response> {
  const headers = { "cache-control": "no-store", "x-run-id": runId };
  if (answer.respond !== null) return chosenAnswer(await storedValue(workspaceId, answer.respond), headers);
  if (answer.eventStatus === "failed" && answer.eventError !== null) throw notStarted(answer.eventError);
  if (answer.status === "succeeded") return new Response(jsonOf(await storedValue(workspaceId, answer.output ?? "null")), { headers: { ...headers, "content-type": "application/json; charset=utf-8" } });
  // What went wrong is on the run's page; outside it is nobody's business.
  const what = answer.status === "cancelled" ? "was cancelled" : answer.status === null ? "was not started" : "failed";
  return refusal({ kind: "run_failed", title: "Run failed", status: answer.status === "failed" ? 500 : 409, detail: `The run ${what}.`, headers: { "x-run-id": runId }, more: { runId } });
}

function chosenAnswer(given: unknown, own: Record<string, string>): Response {
  const { status = 200, headers = {}, body = null } = given as { status?: number; headers?: Record<string, string>; body?: unknown };
  const all = new Headers(own);
  // Answers of versions from before the step refused the others have none of them.
  for (const [name, value] of Object.entries(headers)) if (isAnswerHeader(name)) all.set(name, value);
  const isText = typeof body === "string";
  if (!all.has("content-type")) all.set("content-type", isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8");
  // An answer of a workflow is no page of this application.
  all.set("x-content-type-options", "nosniff");
  all.set("content-security-policy", "sandbox; default-src 'none'");
  const hasBody = ![204, 205, 304].includes(status) && body !== null;
  return new Response(hasBody ? (isText ? body : jsonOf(body)) : null, { status, headers: all });
}
