import { liveHub, type Subscriber } from "@/server/live/hub";
import { rightsWatch } from "@/server/live/rights-watch";
import { NOTICES_AT_ONCE, readRunAnswer, readStepNotices, storedValue } from "@/server/triggers/service";
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

interface Reader {
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Called when there is room for more. */
  goOn: () => void;
}

/** What is kept ready for a reader; of steps no more is looked up before it has read that. */
const AHEAD_BYTES = 64 * 1_024;
/** Who has not read so much of what steps say is left behind. */
const BEHIND_BYTES = 4 * 1_024 * 1_024;
const LOOK_AGAIN_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;
export const AUTHORIZE_EVERY_MS = 30_000;

/** Server-sent events: `run` first, `step` for each step that ended, `text` as steps say it, and `output` or `failed` at the end. */
export function streamRun(place: Place, timeoutSeconds: number, { signal, mayListen }: Listener): Response {
  let close = () => {};
  let reader: Reader;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      reader = { controller, goOn: () => {} };
      close = follow(place, timeoutSeconds, mayListen, reader);
      signal.addEventListener("abort", () => close(), { once: true });
    },
    pull: () => reader.goOn(),
    cancel: () => close(),
  }, new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }));
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-store, no-transform", "x-accel-buffering": "no", "x-run-id": place.runId } });
}

function follow({ workspaceId, runId, eventId, triggerId }: Place, timeoutSeconds: number, mayListen: Listener["mayListen"], reader: Reader): () => void {
  const { controller } = reader;
  const encoder = new TextEncoder();
  let closed = false;
  let seq = 0;
  let looking: Promise<void> = Promise.resolve();
  let asked = false;
  const enqueue = (text: string) => {
    if (closed) return;
    const isBehind = (controller.desiredSize ?? 0) < AHEAD_BYTES - BEHIND_BYTES;
    controller.enqueue(encoder.encode(isBehind ? 'event: behind\ndata: {"message":"too much was not read in time"}\n\n' : text));
    if (isBehind) close();
  };
  const send = (event: string, data: unknown) => enqueue(`event: ${event}\ndata: ${jsonOf(data)}\n\n`);
  const read = async () => {
    while (!closed && (controller.desiredSize ?? 1) <= 0) await new Promise<void>((resolve) => (reader.goOn = resolve));
  };
  const look = async () => {
    asked = false;
    // First whether it is over: all its steps are there then.
    const answer = await readRunAnswer(workspaceId, eventId);
    for (let more = true; more && !closed; ) {
      const steps = await readStepNotices(workspaceId, runId, seq);
      for (const { seq: at, ...step } of steps) {
        seq = at;
        send("step", step);
      }
      more = steps.length === NOTICES_AT_ONCE;
      if (more) await read();
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
  const rights = rightsWatch(mayListen, () => close());
  const trigger = `trigger:${triggerId}`;
  const subscriber: Subscriber = {
    workspaceId,
    topics: new Set([`run:${runId}`, trigger]),
    accessChanged: rights.changed,
    hear: ({ topic, chunk }) => {
      if (topic === trigger) rights.changed();
      else if (chunk === undefined) lookSoon();
      else send("text", { path: chunk.path, text: chunk.chunk });
    },
    missed: lookSoon,
  };
  const unsubscribe = liveHub().subscribe(subscriber);
  const timers = [setInterval(lookSoon, LOOK_AGAIN_MS), setInterval(rights.tick, AUTHORIZE_EVERY_MS), setInterval(() => enqueue(": still here\n\n"), KEEP_ALIVE_MS)];
  const deadline = setTimeout(() => {
    send("timeout", { runId });
    close();
  }, timeoutSeconds * 1_000);
  function close(): void {
    if (closed) return;
    closed = true;
    reader.goOn();
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
