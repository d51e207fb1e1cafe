import { Kafka, logLevel, type IHeaders, type KafkaMessage } from "kafkajs";
import { pause } from "@/server/queue/repeat";
import { bodyOf, identityOf, openSocket, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import { registerCodecs } from "./codecs";
import { placeGroup } from "./place";
import { signIn } from "./sign-in";
import type { KafkaConfig } from "./spec";

registerCodecs();

const NOTE_MS = 600_000;
/** Others of a group that is shared may keep it joining for longer; it leaves then when it has joined. */
const LEAVING_MS = 5_000;

export const kafkaListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config, id } = trigger as ListeningTrigger<KafkaConfig>;
    const sasl = await signIn(config, ports);
    const identity = await identityOf(config, ports);
    const kafka = new Kafka({
      clientId: "millrace",
      brokers: config.brokers,
      ssl: config.tls,
      logLevel: logLevel.NOTHING,
      retry: { retries: 2 },
      // Also for the addresses that brokers advertise.
      socketFactory: ({ host, port, onConnect }) => openSocket({ host, port, tls: config.tls, identity }, onConnect),
      ...(sasl === undefined ? {} : { sasl }),
    });
    const groupId = config.group ?? `millrace-${id}`;
    const { fromBeginning, known, deleted } = await placeGroup(kafka, groupId, config, trigger.checkpoint);
    if (known !== null) await ports.checkpoint(known);
    const note = deleted === 0n ? {} : { message: `The broker had deleted ${deleted} ${deleted === 1n ? "message" : "messages"} that the group ${groupId} had not read: they start nothing.` };
    const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, heartbeatInterval: 2_000, retry: { retries: 2, restartOnFailure: () => Promise.resolve(false) } });
    let noting: NodeJS.Timeout | undefined;
    const begin = async (): Promise<void> => {
      await consumer.connect();
      await consumer.subscribe({ topics: config.topics, fromBeginning });
      // Offsets are committed for what this has resolved for.
      if (!ports.signal.aborted) await consumer.run({ autoCommitInterval: 1_000, eachMessage: ({ topic, partition, message }) => record(ports, topic, partition, message) });
    };
    let begun = Promise.resolve();
    try {
      await new Promise<void>((resolve, reject) => {
        if (known !== null) noting = setInterval(() => void ports.checkpoint({ ...known, at: new Date().toISOString() }).catch(reject), NOTE_MS);
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
        consumer.on(consumer.events.GROUP_JOIN, () => ports.report("listening", note));
        begun = begin();
        begun.catch(reject);
        void untilAborted(ports.signal).then(resolve);
      });
    } finally {
      clearInterval(noting);
      // The library hears nothing while it joins its group: it would be a member ever after, whose partitions nobody reads.
      const left = begun.catch(() => {}).then(() => consumer.disconnect()).catch(() => {});
      const isLeft = new AbortController();
      await Promise.race([left.finally(() => isLeft.abort()), pause(LEAVING_MS, isLeft.signal)]);
    }
  },
};

async function record(ports: ListenerPorts, topic: string, partition: number, { key, value, headers, offset, timestamp }: KafkaMessage): Promise<void> {
  const read = headersOf(headers);
  await ports.record({
    // A topic that is made again, or another cluster's, counts from 0 too: its messages have other times.
    dedupeKey: `${topic}/${partition}/${offset}/${timestamp}`,
    headers: read,
    // No value is a deletion mark.
    ...(value === null ? { body: "null", contentType: "application/json" } : bodyOf(value, read["content-type"])),
    meta: { topic, partition, offset, key: key?.toString("utf8") ?? null, timestamp: new Date(Number(timestamp)).toISOString() },
  });
}

function headersOf(headers: IHeaders | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value ?? "")]));
}
