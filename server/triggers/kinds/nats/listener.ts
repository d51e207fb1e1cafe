import { randomUUID } from "node:crypto";
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import { addressOf, bodyOf, secretOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import type { NatsConfig } from "./spec";

type Stream = Extract<NatsConfig["source"], { type: "stream" }>;

export const natsListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config, id } = trigger as ListeningTrigger<NatsConfig>;
    const { host, port, username, source } = config;
    const pass = await secretOf(ports, config.secret);
    // With TLS the certificate is for the name, which the library looks up once more: a stranger's server has no such certificate.
    const address = await addressOf(host);
    const connection = await connect({
      servers: [`${bracketed(config.tls ? host : address)}:${port}`],
      reconnect: false,
      // A cluster tells of other servers, which the guard has not seen.
      ignoreClusterUpdates: true,
      ...(username === undefined ? (pass === undefined ? {} : { token: pass }) : { user: username, pass }),
      ...(config.tls ? { tls: {} } : {}),
    });
    try {
      const work = source.type === "subject" ? ofSubject(connection, source.subject, ports) : ofStream(connection, source, `millrace-${id}`, ports);
      const closed = connection.closed().then((error) => {
        if (!ports.signal.aborted) throw error instanceof Error ? error : new Error("the server closed the connection");
      });
      await Promise.race([work, closed, untilAborted(ports.signal)]);
      closed.catch(() => {});
      work.catch(() => {});
    } finally {
      await connection.close();
    }
  },
};

async function ofSubject(connection: NatsConnection, subject: string, ports: ListenerPorts): Promise<void> {
  const subscription = connection.subscribe(subject);
  await connection.flush();
  ports.report("listening");
  for await (const message of subscription) {
    await ports.record({ dedupeKey: randomUUID(), headers: headersOf(message.headers), ...bodyOf(message.data), meta: { subject: message.subject } });
  }
}

async function ofStream(connection: NatsConnection, { stream, subject, consumer, from }: Stream, fallback: string, ports: ListenerPorts): Promise<void> {
  const name = consumer ?? fallback;
  const manager = await jetstreamManager(connection);
  const existing = await manager.consumers.info(stream, name).catch(() => null);
  const filter = existing?.config.filter_subject ?? "";
  if (existing !== null && filter !== (subject ?? "")) {
    // Our own follows the trigger; whoever made another may use it elsewhere.
    if (consumer !== undefined) throw new Error(`the consumer ${name} is for ${filter === "" ? "all subjects" : filter}, not for ${subject ?? "all subjects"}`);
    await manager.consumers.update(stream, name, { filter_subject: subject ?? "" });
  }
  if (existing === null) {
    await manager.consumers.add(stream, {
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: from === "new" ? DeliverPolicy.New : DeliverPolicy.All,
      ...(subject === undefined ? {} : { filter_subject: subject }),
    });
  }
  const messages = await (await jetstream(connection).consumers.get(stream, name)).consume();
  ports.report("listening");
  for await (const message of messages) {
    // A stream that is made again, or another server's, counts from 1 too: its messages have other times.
    await ports.record({ dedupeKey: `${stream}/${message.seq}/${message.timestampNanos}`, headers: headersOf(message.headers), ...bodyOf(message.data), meta: { subject: message.subject, stream, sequence: message.seq } });
    message.ack();
  }
}

function headersOf(headers: MsgHdrs | undefined): Record<string, string> {
  return Object.fromEntries([...(headers ?? [])].map(([name, values]) => [name, values.join(", ")]));
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
