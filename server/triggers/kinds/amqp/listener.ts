import { createHash, randomUUID } from "node:crypto";
import { connect, type ConsumeMessage, credentials } from "amqplib";
import { deliveryKeys } from "@/server/triggers/delivery-key";
import { bodyOf, guardedLookup, secretOf, tlsOptionsOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import type { AmqpConfig } from "./spec";

/** How long a message of the same content counts as the same. */
const SAME_BODY_SECONDS = 3_600;

export const amqpListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<AmqpConfig>;
    const { host, port, virtualHost: vhost, username, queue } = config;
    const password = await secretOf(ports, config.secret);
    const tls = await tlsOptionsOf(config, ports);
    // Who shows a certificate and names nobody is who the certificate says.
    const isByCertificate = config.certificateSecret !== undefined && username === undefined;
    const connection = await connect(
      { protocol: config.tls ? "amqps" : "amqp", hostname: host, port, vhost, username: username ?? "guest", password: password ?? "guest", heartbeat: 10 },
      { lookup: guardedLookup(host), timeout: 10_000, ...tls, ...(isByCertificate ? { credentials: credentials.external() } : {}) },
    );
    try {
      await new Promise<void>((resolve, reject) => {
        connection.on("error", reject);
        connection.on("close", () => reject(new Error("the broker closed the connection")));
        const begin = async (): Promise<void> => {
          const channel = await connection.createChannel();
          channel.on("error", reject);
          if (config.declare) await channel.assertQueue(queue, { durable: true });
          else await channel.checkQueue(queue);
          if (config.bind !== undefined) await channel.bindQueue(queue, config.bind.exchange, config.bind.routingKey);
          await channel.prefetch(config.prefetch);
          await channel.consume(queue, (message) => {
            if (message === null) return reject(new Error(`the broker ended the subscription to ${queue}`));
            record(ports, config, message).then(() => channel.ack(message)).catch(reject);
          });
          ports.report("listening");
        };
        begin().catch(reject);
        void untilAborted(ports.signal).then(resolve);
      });
    } finally {
      connection.removeAllListeners();
      connection.on("error", () => {});
      await connection.close().catch(() => {});
    }
  },
};

async function record(ports: ListenerPorts, { queue, dedupe }: AmqpConfig, { content, fields, properties }: ConsumeMessage): Promise<void> {
  const id: unknown = properties.messageId;
  const same = typeof id === "string" && id !== "" && dedupe === "messageId" ? deliveryKeys(`${queue}/${id}`, content, fields.redelivered) : byContent(dedupe, fields.routingKey, content);
  await ports.record({
    ...same,
    headers: Object.fromEntries(Object.entries(properties.headers ?? {}).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])),
    ...bodyOf(content, properties.contentType as string | undefined),
    meta: { queue, exchange: fields.exchange, routingKey: fields.routingKey, redelivered: fields.redelivered },
  });
}

function byContent(dedupe: AmqpConfig["dedupe"], routingKey: string, content: Buffer): { dedupeKey: string; dedupeWindowSeconds?: number } {
  if (dedupe === "messageId") return { dedupeKey: randomUUID() };
  return { dedupeKey: createHash("sha256").update(routingKey).update("\0").update(content).digest("base64url"), dedupeWindowSeconds: SAME_BODY_SECONDS };
}
