import { newId } from "@/server/db/id";
import { crashPoint } from "@/server/testing/crash-points";
import { nextEvents, type StreamedEvent } from "./events";
import { openStreamSecrets } from "./secrets";
import { sendSyslog } from "./send-syslog";
import { sendWebhook } from "./send-webhook";
import { advance, fail, rest, takeStream, type TakenStream } from "./stream-rows";

/** One stream does not keep the others waiting for longer. */
const BATCHES_PER_TURN = 50;

/** Every stream that is due, each by one process at a time. At least once: who dies after sending and before noting it sends again. */
export async function deliverStreams(signal: AbortSignal = new AbortController().signal): Promise<number> {
  let sent = 0;
  for (let stream = await takeStream(); stream !== null; stream = signal.aborted ? null : await takeStream()) sent += await deliverOne(stream, signal);
  return sent;
}

async function deliverOne(stream: TakenStream, signal: AbortSignal): Promise<number> {
  let sent = 0;
  try {
    let at = stream.deliveredSeq;
    for (let batch = 0; batch < BATCHES_PER_TURN && !signal.aborted; batch += 1) {
      const events = await nextEvents(stream.organizationId, at);
      if (events.length === 0) break;
      crashPoint("audit-stream-taken");
      await sendEvents(stream, events);
      crashPoint("audit-stream-sent");
      at = String(events.at(-1)!.seq);
      if (!(await advance(stream, at))) return sent;
      sent += events.length;
    }
    await rest(stream);
  } catch (error) {
    await fail(stream, error);
  }
  return sent;
}

type Target = Pick<TakenStream, "id" | "organizationId" | "config" | "sealed" | "masterKeyId">;

async function sendEvents(stream: Target, events: readonly StreamedEvent[]): Promise<void> {
  const { config } = stream;
  if (config.kind === "syslog") return sendSyslog(config, events);
  const id = `audit-${stream.organizationId ?? "installation"}-${events[0]!.seq}-${events.at(-1)!.seq}`;
  await sendWebhook(config, openStreamSecrets(stream.id, stream), { id, type: "millrace.audit", data: { organizationId: stream.organizationId, events } });
}

/** A message of its own that is no event. Throws with what went wrong. */
export async function sendTest(stream: Target, by: string): Promise<void> {
  const { config, organizationId } = stream;
  const message = { seq: 1, at: new Date().toISOString(), action: "audit.stream_tested", organizationId, actor: { type: "user", name: by } };
  if (config.kind === "syslog") return sendSyslog(config, [message]);
  await sendWebhook(config, openStreamSecrets(stream.id, stream), { id: `audit-test-${newId()}`, type: "millrace.audit.test", data: { organizationId, by } });
}
