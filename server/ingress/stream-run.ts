import { liveHub, type Subscriber } from "@/server/live/hub";
import { readRunAnswer, readStepNotices, storedValue } from "@/server/triggers/service";
import { endOf, jsonOf } from "./stored-text";

interface Place {
  workspaceId: string;
  runId: string;
  eventId: string;
  triggerId: string;
}

interface Listener {
  signal: AbortSignal;
  /** Whether they may still hear of the run; asked whenever rights or the trigger change, and again and again. */
  mayListen: () => Promise<boolean>;
}

const LOOK_AGAIN_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;
const AUTHORIZE_EVERY_MS = 30_000;

/** Server-sent events: `run` first, `step` for each step that ended, `text` as steps say it, and `output` or `failed` at the end. */
export function streamRun(place: Place, timeoutSeconds: number, { signal, mayListen }: Listener): Response {
  let close = () => {};
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      close = follow(place, timeoutSeconds, mayListen, controller);
      signal.addEventListener("abort", () => close(), { once: true });
    },
    cancel: () => close(),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-store, no-transform", "x-accel-buffering": "no", "x-run-id": place.runId } });
}

function follow({ workspaceId, runId, eventId, triggerId }: Place, timeoutSeconds: number, mayListen: Listener["mayListen"], controller: ReadableStreamDefaultController<Uint8Array>): () => void {
  const encoder = new TextEncoder();
  let closed = false;
  let seq = 0;
  let looking: Promise<void> = Promise.resolve();
  let asked = false;
  const send = (event: string, data: unknown) => {
    if (!closed) controller.enqueue(encoder.encode(`event: ${event}\ndata: ${jsonOf(data)}\n\n`));
  };
  const look = async () => {
    asked = false;
    // First whether it is over: all its steps are there then.
    const answer = await readRunAnswer(workspaceId, eventId);
    const steps = await readStepNotices(workspaceId, runId, seq);
    for (const { seq: at, ...step } of steps) {
      seq = at;
      send("step", step);
    }
    const isOver = answer !== null && (answer.status === "succeeded" || answer.status === "failed" || answer.status === "cancelled");
    if (isOver && answer.status === "succeeded") send("output", await storedValue(workspaceId, answer.output ?? "null"));
    else if (isOver || (answer !== null && answer.respond === null && endOf(answer) !== null)) send("failed", { status: answer.status ?? answer.eventStatus });
    else return;
    close();
  };
  const lookSoon = () => {
    if (asked || closed) return;
    asked = true;
    looking = looking.then(look).catch(() => close());
  };
  // A database that is away says nothing of rights.
  const authorize = () => void mayListen().catch(() => true).then((allowed) => (allowed ? undefined : close()));
  const trigger = `trigger:${triggerId}`;
  const subscriber: Subscriber = {
    workspaceId,
    topics: new Set([`run:${runId}`, trigger]),
    accessChanged: authorize,
    hear: ({ topic, chunk }) => {
      if (topic === trigger) authorize();
      else if (chunk === undefined) lookSoon();
      else send("text", { path: chunk.path, text: chunk.chunk });
    },
    missed: lookSoon,
  };
  const unsubscribe = liveHub().subscribe(subscriber);
  const timers = [setInterval(lookSoon, LOOK_AGAIN_MS), setInterval(authorize, AUTHORIZE_EVERY_MS), setInterval(() => !closed && controller.enqueue(encoder.encode(": still here\n\n")), KEEP_ALIVE_MS)];
  const deadline = setTimeout(() => {
    send("timeout", { runId });
    close();
  }, timeoutSeconds * 1_000);
  function close(): void {
    if (closed) return;
    closed = true;
    unsubscribe();
    for (const timer of timers) clearInterval(timer);
    clearTimeout(deadline);
    try {
      controller.close();
    } catch {
      // The caller has gone already.
    }
  }
  send("run", { runId, eventId });
  lookSoon();
  return close;
}
