import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type Authenticator, connect, credsAuthenticator, type MsgHdrs, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { addressOf, bodyOf, type Identity, identityOf, secretOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import type { NatsConfig } from "./spec";

type Stream = Extract<NatsConfig["source"], { type: "stream" }>;

export const natsListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config, id } = trigger as ListeningTrigger<NatsConfig>;
    const { host, port, username, source } = config;
    const pass = await secretOf(ports, config.secret);
    const credentials = await secretOf(ports, config.credentialsSecret);
    const identity = await identityOf(config, ports);
    // The certificate is for the name, whatever its address.
    const address = await addressOf(host);
    const connection = await connect({
      servers: [`${bracketed(address)}:${port}`],
      reconnect: false,
      // A cluster tells of other servers, which the guard has not seen.
      ignoreClusterUpdates: true,
      ...(credentials !== undefined ? { authenticator: authenticatorOf(credentials) } : username === undefined ? (pass === undefined ? {} : { token: pass }) : { user: username, pass }),
      ...(identity === null ? {} : { tls: { ...textsOf(identity), ...(isIP(host) === 0 ? { servername: host } : { host }) } }),
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

/** A file of credentials (a token and the seed that signs), or a seed alone. */
function authenticatorOf(credentials: string): Authenticator {
  const [text, encoder] = [credentials.trim(), new TextEncoder()];
  // The library knows the end of a file by the end of its last line.
  return text.includes("-----BEGIN") ? credsAuthenticator(encoder.encode(`${text}\n`)) : nkeyAuthenticator(encoder.encode(text));
}

/** What is given beside them goes to Node as it is. */
const textsOf = (identity: Identity) => identity as { ca?: string; cert?: string; key?: string };

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
