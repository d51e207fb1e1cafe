import type { protos, v1 } from "@google-cloud/pubsub";
import { outboundHttp, secretOf } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import { eventOfMessage } from "./message";
import { openTokens } from "./service-account";
import type { PubsubConfig } from "./spec";

type Received = protos.google.pubsub.v1.IReceivedMessage;

const BATCH = 100;
/** An empty answer comes after at most a minute and a half. */
const PULL_MS = 120_000;
const PROLONG_MS = 5_000;
const DEADLINE_SECONDS = 30;
const EMPTY_PAUSE_MS = 250;

/**
 * The official client in its REST mode: plain HTTPS calls, which go through the guard like all others. Its gRPC mode would
 * look names up itself.
 */
export const pubsubListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<PubsubConfig>;
    const tokenOf = await openTokens(await secretOf(ports, config.secret));
    const { v1: clients } = await import("@google-cloud/pubsub");
    const { hostname, port, protocol } = new URL(config.endpoint);
    const client = new clients.SubscriberClient({
      fallback: true,
      apiEndpoint: hostname,
      port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
      protocol: protocol.slice(0, -1),
      auth: authOf(tokenOf, ports.signal),
    } as unknown as ConstructorParameters<typeof clients.SubscriberClient>[0]);
    try {
      for (let said = false; !ports.signal.aborted; said = true) {
        // The first answer shows that the subscription is there; without a message it is asked for at once.
        const messages = await pull(client, config, ports.signal, !said);
        if (!said) ports.report("listening");
        await takeAll(client, config, ports, messages);
        if (said && messages.length === 0) await new Promise((resolve) => setTimeout(resolve, EMPTY_PAUSE_MS));
      }
    } finally {
      await client.close().catch(() => {});
    }
  },
};

/** What the client asks of its authentication: headers, and the calls themselves. */
function authOf(tokenOf: (() => Promise<string>) | null, signal: AbortSignal) {
  const headers = async (): Promise<Record<string, string>> => (tokenOf === null ? {} : { authorization: `Bearer ${await tokenOf()}` });
  return {
    universeDomain: "googleapis.com",
    getRequestHeaders: async () => new Headers(await headers()),
    fetch: async (url: string, init: RequestInit) => {
      const all = new Headers(init.headers);
      for (const [name, value] of Object.entries(await headers())) all.set(name, value);
      // What is durable is acknowledged also when this listener ends.
      const stop = AbortSignal.any([init.signal ?? [], new URL(url).pathname.endsWith(":pull") ? signal : []].flat());
      return outboundHttp().fetch(url, { method: init.method, headers: Object.fromEntries(all), body: init.body as string, signal: stop });
    },
  };
}

async function pull(client: v1.SubscriberClient, { subscription }: PubsubConfig, signal: AbortSignal, returnImmediately: boolean): Promise<Received[]> {
  try {
    const [answer] = await client.pull({ subscription, maxMessages: BATCH, ...(returnImmediately ? { returnImmediately } : {}) }, { timeout: PULL_MS, retry: null });
    return answer.receivedMessages ?? [];
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

async function takeAll(client: v1.SubscriberClient, { subscription }: PubsubConfig, ports: ListenerPorts, messages: readonly Received[]): Promise<void> {
  if (messages.length === 0) return;
  const open = new Set(messages);
  const ids = (of: Iterable<Received>) => [...of].map(({ ackId }) => ackId ?? "");
  const heartbeat = setInterval(() => void client.modifyAckDeadline({ subscription, ackIds: ids(open), ackDeadlineSeconds: DEADLINE_SECONDS }).catch(() => {}), PROLONG_MS);
  try {
    // In the order of the answer: messages of one ordering key come in theirs.
    for (const received of messages) {
      await ports.record(eventOf(subscription, received));
      open.delete(received);
    }
  } finally {
    clearInterval(heartbeat);
    const durable = messages.filter((message) => !open.has(message));
    if (durable.length > 0) await client.acknowledge({ subscription, ackIds: ids(durable) });
  }
}

function eventOf(subscription: string, { message, deliveryAttempt }: Received) {
  const { data, attributes, messageId, orderingKey, publishTime } = message ?? {};
  const bytes = typeof data === "string" ? Buffer.from(data, "base64") : Buffer.from(data ?? []);
  return eventOfMessage({
    subscription,
    messageId: messageId ?? "",
    data: bytes,
    attributes: attributes ?? {},
    orderingKey: orderingKey ?? "",
    publishedAt: publishTime?.seconds == null ? null : new Date(Number(publishTime.seconds) * 1_000 + Math.floor((publishTime.nanos ?? 0) / 1_000_000)).toISOString(),
    deliveryAttempt: deliveryAttempt == null || deliveryAttempt === 0 ? null : deliveryAttempt,
  });
}
