import { generateKeyPairSync } from "node:crypto";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { importSPKI, jwtVerify } from "jose";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { closeConnections } from "@/server/db/client";
import { elasticmqJars, elasticmqServer } from "./testing/brokers";
import { broker, listen, PATIENT, SLOW_MS, triggerOf } from "./testing/listening";
import { PubsubServer } from "./testing/pubsub-server";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

afterAll(closeConnections);

const servers: PubsubServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((one) => one.stop()));
});

describe.skipIf(elasticmqJars() === null)("AWS SQS, against ElasticMQ (needs Java and its jars)", () => {
  async function openQueue(name: string, attributes: Record<string, string> = {}) {
    const { port } = await broker(elasticmqServer);
    const client = new SQSClient({ region: "elasticmq", endpoint: `http://127.0.0.1:${port}`, credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 20 });
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "10", ...attributes } }));
    const send = (body: string, more: object = {}) => client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, ...more }));
    const counts = async () => {
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
    };
    return { config: { queueUrl: QueueUrl, region: "elasticmq", accessKeyId: "x", visibilitySeconds: 10 }, send, counts };
  }

  it("records each message once, deletes it then, and takes up what came while nobody listened", { timeout: SLOW_MS }, async () => {
    const { config, send, counts } = await openQueue("orders");
    const trigger = await triggerOf("sqs", config, "y");
    await send('{"n":1}', { MessageAttributes: { source: { DataType: "String", StringValue: "shop" } } });
    const first = listen("sqs");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await expect.poll(counts, PATIENT).toBe(0);
    await first.stop();
    await send("two");
    listen("sqs");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}', "two"]);
    const [event] = await trigger.events();
    expect(event).toMatchObject({ headers: { source: "shop" }, contentType: "application/json", meta: { groupId: null, receiveCount: 1, messageId: expect.any(String) as string } });
    await expect.poll(trigger.health, PATIENT).toMatchObject({ state: "listening", waiting: expect.any(Number) as number });
  });

  it("keeps the order within each group of a FIFO queue", { timeout: SLOW_MS }, async () => {
    const { config, send, counts } = await openQueue("orders.fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
    const trigger = await triggerOf("sqs", config, "y");
    for (let n = 0; n < 24; n++) await send(JSON.stringify({ n, group: n % 3 }), { MessageGroupId: `g${n % 3}` });
    listen("sqs");
    await expect.poll(async () => (await trigger.bodies()).length, PATIENT).toBe(24);
    const bodies = (await trigger.bodies()).map((body) => JSON.parse(body) as { n: number; group: number });
    for (const group of [0, 1, 2]) expect(bodies.filter((one) => one.group === group).map(({ n }) => n)).toEqual(Array.from({ length: 8 }, (_, n) => n * 3 + group));
    await expect.poll(counts, PATIENT).toBe(0);
  });

  it("says why it cannot listen", { timeout: SLOW_MS }, async () => {
    const { config } = await openQueue("orders");
    const missing = await triggerOf("sqs", { ...config, queueUrl: config.queueUrl?.replace(/orders$/, "none") }, "y");
    const forbidden = await triggerOf("sqs", { ...config, queueUrl: "http://169.254.169.254/1/orders" }, "y");
    listen("sqs");
    await expect.poll(missing.error, PATIENT).toMatchObject({ code: "listener_failed", message: expect.stringMatching(/queue does not exist/i) as string });
    await expect.poll(forbidden.error, PATIENT).toMatchObject({ code: "listener_failed", message: expect.stringContaining("must not be reached") as string });
  });
});

describe("Google Pub/Sub, against its REST protocol", () => {
  const SUBSCRIPTION = "projects/shop/subscriptions/orders";
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  const key = JSON.stringify({ type: "service_account", client_email: "millrace@shop.iam.gserviceaccount.com", private_key: privateKey, private_key_id: "k1", token_uri: "http://169.254.169.254/" });

  async function openServer() {
    const server = await new PubsubServer(SUBSCRIPTION).start();
    servers.push(server);
    return server;
  }

  it("signs in by the key, records each message once in order, and acknowledges it then", async () => {
    const server = await openServer();
    const seen: string[] = [];
    server.allowed = (authorization) => (seen.push(authorization ?? ""), authorization?.startsWith("Bearer ") === true);
    const trigger = await triggerOf("pubsub", { subscription: SUBSCRIPTION, endpoint: `http://127.0.0.1:${server.port}` }, key);
    server.publish('{"n":1}', { attributes: { source: "shop" }, orderingKey: "a" });
    const first = listen("pubsub");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await expect.poll(() => server.left, PATIENT).toBe(0);
    await first.stop();
    for (let n = 2; n < 12; n++) server.publish(`{"n":${n}}`, { orderingKey: "a" });
    server.publish(Buffer.from([0xff, 0xfe]));
    listen("pubsub");
    await expect.poll(async () => (await trigger.bodies()).length, PATIENT).toBe(12);
    expect((await trigger.bodies()).slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, n) => `{"n":${n + 1}}`));
    expect(await trigger.events()).toMatchObject([{ dedupeKey: `${SUBSCRIPTION}/1`, headers: { source: "shop" }, meta: { messageId: "1", orderingKey: "a", publishedAt: expect.stringMatching(/^\d{4}-/) as string } }, ...Array<object>(10).fill({ contentType: "application/json" }), { contentType: "application/octet-stream" }]);
    await expect.poll(() => server.left, PATIENT).toBe(0);
    const { payload, protectedHeader } = await jwtVerify(seen[0]!.slice(7), await importSPKI(publicKey, "RS256"), { audience: "https://pubsub.googleapis.com/", issuer: "millrace@shop.iam.gserviceaccount.com" });
    expect({ ...payload, ...protectedHeader }).toMatchObject({ sub: "millrace@shop.iam.gserviceaccount.com", kid: "k1", alg: "RS256" });
  });

  it("says why it cannot listen, without a word of the key", async () => {
    const server = await openServer();
    const endpoint = `http://127.0.0.1:${server.port}`;
    const missing = await triggerOf("pubsub", { subscription: `${SUBSCRIPTION}-none`, endpoint }, key);
    const badKey = await triggerOf("pubsub", { subscription: SUBSCRIPTION, endpoint }, "not JSON at all");
    const otherKey = await triggerOf("pubsub", { subscription: SUBSCRIPTION, endpoint }, JSON.stringify({ type: "external_account", token_url: "http://169.254.169.254/" }));
    const forbidden = await triggerOf("pubsub", { subscription: SUBSCRIPTION, endpoint: "http://169.254.169.254" }, key);
    listen("pubsub");
    await expect.poll(missing.error, PATIENT).toMatchObject({ message: expect.stringContaining("not found") as string });
    await expect.poll(badKey.error, PATIENT).toMatchObject({ message: "the secret is no JSON: it must hold the whole key file of a service account" });
    await expect.poll(otherKey.error, PATIENT).toMatchObject({ message: expect.stringContaining("no key of a service account") as string });
    await expect.poll(forbidden.error, PATIENT).toMatchObject({ message: expect.stringMatching(/must not be reached|fetch failed/) as string });
  });
});
