import { connect as connectAmqp } from "amqplib";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect as connectNats } from "@nats-io/transport-node";
import net, { type AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { connectAsync as connectMqtt } from "mqtt";
import { afterAll, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { closeConnections, rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { postgresListener } from "./kinds/postgres/listener";
import { websocketListener } from "./kinds/websocket/listener";
import { recordEvent } from "./intake";
import type { RecordedEvent } from "./new-event";
import type { ListenerPorts, ListeningTrigger } from "./source";
import { hasProgram, mosquitto, natsServer, rabbitServer, redisServer } from "./testing/brokers";
import { broker, listen, PATIENT, SLOW_MS, triggerOf } from "./testing/listening";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

afterAll(closeConnections);

describe.skipIf(!hasProgram("mosquitto"))("MQTT, against mosquitto (needs it)", () => {
  it.each(["3.1.1", "5"])("records each message once, also those that came while nobody listened (version %s)", async (protocolVersion) => {
    const { port } = await broker(mosquitto);
    const trigger = await triggerOf("mqtt", { host: "127.0.0.1", port, topics: ["plant/+/heat"], protocolVersion });
    const first = listen("mqtt");
    await trigger.listening();
    const publisher = await connectMqtt(`mqtt://127.0.0.1:${port}`);
    await publisher.publishAsync("plant/a/heat", '{"n":1}', { qos: 1 });
    await publisher.publishAsync("plant/a/cold", "no", { qos: 1 });
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await first.stop();
    await publisher.publishAsync("plant/b/heat", "two", { qos: 1 });
    listen("mqtt");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}', "two"]);
    expect((await trigger.events())[1]).toMatchObject({ meta: { topic: "plant/b/heat", qos: 1 }, contentType: "text/plain; charset=utf-8" });
    await publisher.endAsync(true);
  });
});

describe.skipIf(!hasProgram("redis-server"))("Redis streams, against redis-server (needs it)", () => {
  it("records each entry once, takes up what was pending, and comes back after the server was gone", async () => {
    const server = await broker(redisServer);
    const client = new Redis({ port: server.port, retryStrategy: () => 100, maxRetriesPerRequest: null });
    client.on("error", () => {});
    const trigger = await triggerOf("redis", { host: "127.0.0.1", port: server.port, stream: "orders", from: "beginning" });
    await client.xadd("orders", "*", "order", "1");
    listen("redis");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"order":"1"}']);
    await server.kill();
    await trigger.failing();
    await server.start();
    await client.xadd("orders", "*", "order", "2");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"order":"1"}', '{"order":"2"}']);
    await expect.poll(async () => ((await client.xpending("orders", "millrace")) as unknown[])[0], PATIENT).toBe(0);
    // A stream that is made anew may use its ids again.
    await client.del("orders");
    await client.xgroup("CREATE", "orders", "millrace", "0", "MKSTREAM");
    await client.xadd("orders", ((await trigger.events())[0]!.meta as { entryId: string }).entryId, "order", "3");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"order":"1"}', '{"order":"2"}', '{"order":"3"}']);
    client.disconnect();
  });
});

describe.skipIf(!hasProgram("redis-server"))("Redis streams, from what is new (needs redis-server)", () => {
  it("passes over nothing that comes after it first listened: in a stream that is made again, or after its group is gone", async () => {
    const { port } = await broker(redisServer);
    const client = new Redis({ port });
    const add = (id: string, order: string) => client.xadd("orders", id, "order", order);
    await add("*", "before");
    const trigger = await triggerOf("redis", { host: "127.0.0.1", port, stream: "orders" });
    const orders = async () => (await trigger.bodies()).map((body) => (JSON.parse(body) as { order: string }).order);
    const during = async (work: () => Promise<unknown>) => {
      const listeners = listen("redis");
      await trigger.listening();
      await work();
      await listeners.stop();
      await trigger.change({});
    };
    await during(() => add("*", "first").then(() => expect.poll(orders, PATIENT).toEqual(["first"])));
    await client.del("orders");
    // Made by whoever writes, and counting from 1.
    for (const n of [1, 2]) await add(`${n}-1`, `again ${n}`);
    await during(() => expect.poll(orders, PATIENT).toEqual(["first", "again 1", "again 2"]));
    await client.xgroup("DESTROY", "orders", "millrace");
    await add("3-1", "meanwhile");
    await during(() => expect.poll(orders, PATIENT).toEqual(["first", "again 1", "again 2", "meanwhile"]));
    // Of another stream it knows nothing.
    await client.xadd("others", "*", "order", "of its history");
    await trigger.change({ stream: "others" });
    const listeners = listen("redis");
    await trigger.listening();
    await client.xadd("others", "*", "order", "there");
    await expect.poll(orders, PATIENT).toEqual(["first", "again 1", "again 2", "meanwhile", "there"]);
    // Nor does who may not ask about streams hear of more than is new.
    await client.call("ACL", "SETUSER", "reader", "on", ">s3cret", "~*", "+@all", "-xinfo");
    const reader = await triggerOf("redis", { host: "127.0.0.1", port, username: "reader", stream: "others", group: "reader" }, "s3cret");
    await reader.listening();
    await client.xadd("others", "*", "order", "for both");
    await expect.poll(reader.bodies, PATIENT).toEqual(['{"order":"for both"}']);
    await listeners.stop();
    client.disconnect();
  });
});

describe.skipIf(!hasProgram("redis-server"))("Redis streams, after an upgrade (needs redis-server)", () => {
  it("knows entries that an earlier release has recorded and not acknowledged, and takes those whose content is another", async () => {
    const { port } = await broker(redisServer);
    const client = new Redis({ port });
    const trigger = await triggerOf("redis", { host: "127.0.0.1", port, stream: "orders", from: "beginning" });
    const { id, workspaceId } = await rawDb().trigger.findFirstOrThrow({ where: { kind: "redis" } });
    const entries = [await client.xadd("orders", "*", "order", "1"), await client.xadd("orders", "*", "order", "2")];
    await client.xgroup("CREATE", "orders", "millrace", "0");
    await client.xreadgroup("GROUP", "millrace", id, "STREAMS", "orders", ">");
    // The second id was that of another entry.
    for (const entry of entries) await recordEvent({ trigger: { id, workspaceId }, dedupeKey: `orders/${entry}`, body: '{"order":"1"}', contentType: "application/json" });
    listen("redis");
    await expect.poll(async () => ((await client.xpending("orders", "millrace")) as unknown[])[0], PATIENT).toBe(0);
    expect((await trigger.bodies()).toSorted()).toEqual(['{"order":"1"}', '{"order":"1"}', '{"order":"2"}']);
    client.disconnect();
  });
});

describe.skipIf(!hasProgram("rabbitmq-server"))("AMQP, against RabbitMQ (needs it)", () => {
  it("records each message once and acknowledges it then", { timeout: SLOW_MS }, async () => {
    const { port } = await broker(rabbitServer, 90_000);
    const connection = await connectAmqp(`amqp://guest:guest@127.0.0.1:${port}`);
    const channel = await connection.createConfirmChannel();
    const trigger = await triggerOf("amqp", { host: "127.0.0.1", port, queue: "orders", declare: true, bind: { exchange: "amq.topic", routingKey: "order.#" } });
    const first = listen("amqp");
    await trigger.listening();
    // Both are taken at once, so that either may be the one that is kept.
    for (let copy = 0; copy < 2; copy += 1) channel.publish("amq.topic", "order.new", Buffer.from('{"n":1}'), { messageId: "m1", contentType: "application/json", headers: { source: "shop" } });
    channel.publish("amq.topic", "other", Buffer.from("no"));
    await channel.waitForConfirms();
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await first.stop();
    channel.publish("amq.topic", "order.paid", Buffer.from("two"), { persistent: true });
    await channel.waitForConfirms();
    listen("amqp");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}', "two"]);
    expect((await trigger.events())[0]).toMatchObject({ headers: { source: "shop" }, meta: { routingKey: "order.new", exchange: "amq.topic" } });
    await expect.poll(async () => (await channel.checkQueue("orders")).messageCount, PATIENT).toBe(0);
    await connection.close();
  });
});

describe.skipIf(!hasProgram("nats-server"))("NATS, against nats-server (needs it)", () => {
  it("records messages of a subject and of a JetStream stream, of which none is lost while nobody listens", { timeout: SLOW_MS }, async () => {
    const { port } = await broker(natsServer);
    const connection = await connectNats({ servers: `127.0.0.1:${port}` });
    await (await jetstreamManager(connection)).streams.add({ name: "ORDERS", subjects: ["orders.>"] });
    const plain = await triggerOf("nats", { host: "127.0.0.1", port, source: { type: "subject", subject: "plain.*" } });
    const stream = await triggerOf("nats", { host: "127.0.0.1", port, source: { type: "stream", stream: "ORDERS", subject: "orders.new" } });
    const first = listen("nats");
    await plain.listening();
    await stream.listening();
    connection.publish("plain.a", "hello");
    await expect.poll(plain.bodies, PATIENT).toEqual(["hello"]);
    await jetstream(connection).publish("orders.new", '{"n":1}');
    await expect.poll(stream.bodies, PATIENT).toEqual(['{"n":1}']);
    await first.stop();
    await jetstream(connection).publish("orders.old", "no");
    await jetstream(connection).publish("orders.new", '{"n":2}');
    listen("nats");
    await expect.poll(stream.bodies, PATIENT).toEqual(['{"n":1}', '{"n":2}']);
    expect((await stream.events())[1]).toMatchObject({ dedupeKey: expect.stringMatching(/^ORDERS\/3\/\d+$/) as string, meta: { sequence: 3 } });
    // Another filter is the consumer's too.
    await stream.change({ source: { type: "stream", stream: "ORDERS", subject: "orders.late" } });
    await stream.listening();
    await jetstream(connection).publish("orders.new", "not any more");
    await jetstream(connection).publish("orders.late", '{"n":3}');
    await expect.poll(stream.bodies, PATIENT).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    // Of a stream that is made again, the numbers begin anew.
    const manager = await jetstreamManager(connection);
    await manager.streams.delete("ORDERS");
    await manager.streams.add({ name: "ORDERS", subjects: ["orders.>"] });
    await stream.change({ source: { type: "stream", stream: "ORDERS", from: "beginning" } });
    for (const n of [4, 5]) await jetstream(connection).publish("orders.new", `{"n":${n}}`);
    await expect.poll(async () => (await stream.bodies()).slice(3), PATIENT).toEqual(['{"n":4}', '{"n":5}']);
    await connection.close();
  });
});

describe("WebSocket", () => {
  it("sends the first message and the token, records what comes, and connects again", async () => {
    const seen: string[] = [];
    let isOpen = true;
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", verifyClient: () => isOpen });
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    server.on("connection", (socket) => socket.on("message", (data: Buffer) => (seen.push(data.toString()), socket.send(`{"n":${seen.length}}`))));
    const trigger = await triggerOf("websocket", { url: `ws://127.0.0.1:${port}/feed`, firstMessage: "subscribe" });
    listen("websocket");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    isOpen = false;
    for (const client of server.clients) client.terminate();
    await trigger.failing();
    isOpen = true;
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}', '{"n":2}']);
    expect(seen).toEqual(["subscribe", "subscribe"]);
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("WebSocket, faster than events become durable", () => {
  it("is read no further for a while, and none is lost or out of order", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    const all = Array.from({ length: 3_000 }, (_, at) => `${at} ${"x".repeat(10_000)}`);
    server.on("connection", (socket) => all.forEach((text) => socket.send(text)));
    const stop = new AbortController();
    const seen: string[] = [];
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const record = (event: { body?: unknown }) => (seen.push(String(event.body)), opened.then(() => ({}) as RecordedEvent));
    const ports = { signal: stop.signal, record, checkpoint: () => Promise.resolve(), secret: () => Promise.resolve(null), report: () => {} } as ListenerPorts;
    const { port } = server.address() as AddressInfo;
    const config = { url: `ws://127.0.0.1:${port}/`, headers: {}, pingSeconds: 30 };
    const listening = websocketListener.listen({ config } as unknown as ListeningTrigger, ports);
    await expect.poll(() => seen.length, PATIENT).toBeGreaterThanOrEqual(500);
    // What the sender cannot send any more stays with it.
    await expect.poll(() => [...server.clients][0]!.bufferedAmount, PATIENT).toBeGreaterThan(0);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // What was on its way within the process is taken yet; the systems between hold a part of the rest.
    expect([seen.length < 1_000, [...server.clients][0]!.bufferedAmount > 0]).toEqual([true, true]);
    open();
    await expect.poll(() => seen.length, PATIENT).toBe(3_000);
    expect(seen).toEqual(all);
    stop.abort();
    await listening;
    server.close();
  });
});

describe("PostgreSQL notices", () => {
  it("end when the server does not answer any more, although its connection is open", async () => {
    const { hostname, port, pathname, username, password } = new URL(env.DATABASE_URL);
    const held: net.Socket[] = [];
    const proxy = net.createServer((socket) => {
      const server = net.connect(Number(port), hostname);
      held.push(socket, server);
      socket.pipe(server).pipe(socket);
      for (const one of [socket, server]) one.on("error", () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const states: string[] = [];
      const ports = { signal: new AbortController().signal, report: (state: string) => states.push(state), secret: () => Promise.resolve(decodeURIComponent(password)) } as unknown as ListenerPorts;
      const config = { host: "127.0.0.1", port: (proxy.address() as AddressInfo).port, username, database: pathname.slice(1), channel: "Orders", secret: "KEY" };
      const listening = postgresListener.listen({ config } as unknown as ListeningTrigger, ports);
      listening.catch(() => {});
      await expect.poll(() => states, PATIENT).toEqual(["listening"]);
      vi.advanceTimersByTime(30_000);
      for (const socket of held) socket.unpipe();
      vi.advanceTimersByTime(30_000);
      await expect(listening).rejects.toThrow("has not answered for 15 s");
    } finally {
      vi.useRealTimers();
      for (const socket of held) socket.destroy();
      proxy.close();
    }
  }, 60_000);

  it("records what is notified on the channel, and shows why it cannot listen", async () => {
    const { hostname, port, pathname, username, password } = new URL(env.DATABASE_URL);
    const config = { host: hostname, port: Number(port), username, database: pathname.slice(1), channel: "Orders" };
    const trigger = await triggerOf("postgres", config, decodeURIComponent(password));
    const wrong = await triggerOf("postgres", { ...config, secret: "NONE_OF_THIS_NAME" });
    listen("postgres");
    await trigger.listening();
    await rawDb().$executeRaw`select pg_notify('Orders', '{"n":1}')`;
    await rawDb().$executeRaw`select pg_notify('orders', 'no')`;
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await wrong.failing();
  });
});
