import fs from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect as connectNats } from "@nats-io/transport-node";
import { connect as connectAmqp } from "amqplib";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import { connectAsync as connectMqtt } from "mqtt";
import { createTransport } from "nodemailer";
import pg from "pg";
import { WebSocketServer } from "ws";
import { env } from "@/server/env";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";
import { type Broker, elasticmqJars, elasticmqServer, freePort, hasProgram, kafkaJars, kafkaServer, mosquitto, natsServer, rabbitServer, redisServer, startBroker } from "./brokers";
import { PubsubServer } from "./pubsub-server";

/** Something that sends messages, as a listener that crashes needs it. */
export interface CrashSource {
  config: Record<string, unknown>;
  /** Value of the secret that the config names as KEY. */
  secret?: string;
  /** Resolves when the source has the message; of mail, when it was acknowledged. */
  send(n: number, address: string | null): Promise<unknown>;
  /** Whether everything was acknowledged, where the source says so. */
  isDrained?(): Promise<boolean>;
  close(): Promise<unknown>;
}

interface CrashCase {
  kind: string;
  /** Told apart from another case of the kind. */
  more?: string;
  isHere: boolean;
  /** Messages are kept only once somebody has listened. */
  listensFirst?: boolean;
  open(): Promise<CrashSource>;
}

const HOST = "127.0.0.1";

async function withBroker(broker: Promise<Broker>, make: (port: number) => Promise<CrashSource>): Promise<CrashSource> {
  const started = await broker;
  const source = await make(started.port);
  return { ...source, close: () => source.close().then(() => started.remove()) };
}

const mqtt = (qos: 1 | 2) => () =>
  withBroker(startBroker(mosquitto), async (port) => {
    const client = await connectMqtt(`mqtt://${HOST}:${port}`);
    return { config: { host: HOST, port, topics: ["t"], qos: String(qos) }, send: (n) => client.publishAsync("t", String(n), { qos }), close: () => client.endAsync(true) };
  });

const redis = () =>
  withBroker(startBroker(redisServer), (port) => {
    const client = new Redis({ port });
    return Promise.resolve({
      config: { host: HOST, port, stream: "s", from: "beginning" },
      send: (n) => client.xadd("s", "*", "n", String(n)),
      isDrained: async () => ((await client.xpending("s", "millrace")) as unknown[])[0] === 0,
      close: () => Promise.resolve(client.disconnect()),
    });
  });

const amqp = () =>
  withBroker(startBroker(rabbitServer, 90_000), async (port) => {
    const connection = await connectAmqp(`amqp://guest:guest@${HOST}:${port}`);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue("q", { durable: true });
    const send = (n: number) => (channel.sendToQueue("q", Buffer.from(String(n)), { messageId: `m${n}`, persistent: true }), channel.waitForConfirms());
    return { config: { host: HOST, port, queue: "q" }, send, isDrained: async () => (await channel.checkQueue("q")).messageCount === 0, close: () => connection.close() };
  });

const nats = () =>
  withBroker(startBroker(natsServer), async (port) => {
    const connection = await connectNats({ servers: `${HOST}:${port}` });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "S", subjects: ["s"] });
    // A consumer that delivers again sooner than after half a minute.
    await manager.consumers.add("S", { durable_name: "c", ack_policy: AckPolicy.Explicit, ack_wait: 2_000_000_000 });
    return { config: { host: HOST, port, source: { type: "stream", stream: "S", consumer: "c" } }, send: (n) => jetstream(connection).publish("s", String(n)), close: () => connection.close() };
  });

const kafka = () =>
  withBroker(startBroker(kafkaServer, 120_000), async (port) => {
    const client = new Kafka({ brokers: [`${HOST}:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const [admin, producer] = [client.admin(), client.producer()];
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "t", numPartitions: 1 }] });
    await admin.disconnect();
    await producer.connect();
    return { config: { brokers: [`${HOST}:${port}`], topics: ["t"], from: "beginning" }, send: (n) => producer.send({ topic: "t", messages: [{ value: String(n) }] }), close: () => producer.disconnect() };
  });

const sqs = () =>
  withBroker(startBroker(elasticmqServer), async (port) => {
    const client = new SQSClient({ region: "elasticmq", endpoint: `http://${HOST}:${port}`, credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 20 });
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: "q" }));
    const isDrained = async () => {
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible) === 0;
    };
    return {
      config: { queueUrl: QueueUrl, region: "elasticmq", accessKeyId: "x", visibilitySeconds: 10, secret: "KEY" },
      secret: "y",
      send: (n) => client.send(new SendMessageCommand({ QueueUrl, MessageBody: String(n) })),
      isDrained,
      close: () => Promise.resolve(client.destroy()),
    };
  });

async function pubsub(): Promise<CrashSource> {
  const subscription = "projects/p/subscriptions/s";
  const server = await new PubsubServer(subscription).start();
  return {
    config: { subscription, endpoint: `http://${HOST}:${server.port}` },
    send: (n) => Promise.resolve(server.publish(String(n))),
    isDrained: () => Promise.resolve(server.left === 0),
    close: () => server.stop(),
  };
}

async function postgresChanges(): Promise<CrashSource> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-crash-"));
  fs.chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataFolder: folder, database: "shop" });
  const { port, password } = new URL(server.url);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query("create table t (n int primary key)");
  return {
    config: { host: HOST, port: Number(port), username: "postgres", database: "shop", tables: ["t"], secret: "KEY" },
    secret: decodeURIComponent(password),
    send: (n) => client.query("insert into t values ($1)", [n]),
    close: async () => {
      await client.end();
      await server.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A mail server that sends again what was not acknowledged, as all do. */
async function email(): Promise<CrashSource> {
  const port = await freePort();
  process.env.MAIL_LISTEN = `${HOST}:${port}`;
  const transport = createTransport({ host: HOST, port, ignoreTLS: true });
  let isClosed = false;
  const send = async (n: number, address: string | null): Promise<void> => {
    for (;;) {
      try {
        await transport.sendMail({ from: "a@b.example", to: address ?? "", subject: "n", text: String(n), messageId: `<${n}@b.example>` });
        return;
      } catch (error) {
        if (isClosed) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  return { config: {}, send, close: () => Promise.resolve((isClosed = true)).then(() => transport.close()) };
}

/** Every kind that acknowledges what it was sent. */
export const CRASH_CASES: CrashCase[] = [
  { kind: "mqtt", isHere: hasProgram("mosquitto"), listensFirst: true, open: mqtt(1) },
  { kind: "mqtt", more: " with QoS 2", isHere: hasProgram("mosquitto"), listensFirst: true, open: mqtt(2) },
  { kind: "redis", isHere: hasProgram("redis-server"), open: redis },
  { kind: "amqp", isHere: hasProgram("rabbitmq-server"), open: amqp },
  { kind: "nats", isHere: hasProgram("nats-server"), open: nats },
  { kind: "kafka", isHere: kafkaJars() !== null, open: kafka },
  { kind: "sqs", isHere: elasticmqJars() !== null, open: sqs },
  { kind: "pubsub", isHere: true, open: pubsub },
  { kind: "postgresChanges", isHere: true, listensFirst: true, open: postgresChanges },
  { kind: "email", isHere: true, open: email },
];

async function websocket(): Promise<CrashSource> {
  const server = new WebSocketServer({ port: 0, host: HOST });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const hangUp = () => server.clients.forEach((client) => client.terminate());
  return {
    config: { url: `ws://${HOST}:${port}/` },
    send: (n) => Promise.resolve(server.clients.forEach((client) => client.send(String(n)))),
    close: () => new Promise((resolve) => (hangUp(), server.close(resolve))),
  };
}

async function notices(): Promise<CrashSource> {
  const { hostname, port, pathname, username, password } = new URL(env.DATABASE_URL);
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  return {
    config: { host: hostname, port: Number(port), username, database: pathname.slice(1), channel: "crash", secret: "KEY" },
    secret: decodeURIComponent(password),
    send: (n) => client.query("select pg_notify('crash', $1)", [String(n)]),
    close: () => client.end(),
  };
}

/** Every kind whose other side hears nothing of what became of a message. */
export const UNACKNOWLEDGED_CASES: Pick<CrashCase, "kind" | "open">[] = [
  { kind: "websocket", open: websocket },
  { kind: "postgres", open: notices },
];
