import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it, vi } from "vitest";
import { closeConnections } from "@/server/db/client";
import { pubsubListener } from "./kinds/pubsub/listener";
import { pubsubConfig } from "./kinds/pubsub/spec";
import { sqsListener } from "./kinds/sqs/listener";
import { sqsConfig } from "./kinds/sqs/spec";
import type { RecordedEvent } from "./new-event";
import type { Listener, ListenerPorts } from "./source";
import { elasticmqJars, elasticmqServer } from "./testing/brokers";
import { broker, PATIENT, SLOW_MS } from "./testing/listening";
import { PubsubServer } from "./testing/pubsub-server";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

afterAll(closeConnections);

/** A listener whose messages are recorded when the test says so. */
function listenTo(listener: Listener, config: Record<string, unknown>) {
  const stop = new AbortController();
  const waiting: ((recorded: RecordedEvent) => void)[] = [];
  const ports: ListenerPorts = {
    signal: stop.signal,
    record: () => new Promise((resolve) => waiting.push(resolve)),
    checkpoint: () => Promise.resolve(),
    secret: () => Promise.resolve("y"),
    report: () => {},
  };
  const done = listener.listen({ id: "t", workspaceId: "w", name: "Held", config, checkpoint: null }, ports);
  return {
    count: () => waiting.length,
    release: () => waiting.splice(0).forEach((resolve) => resolve({ eventId: "e", runId: "r", status: "received", isNew: true })),
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

describe("a message that is held for longer than its queue gives it", () => {
  it("is kept from others by Pub/Sub, and acknowledged once it is durable", { timeout: SLOW_MS }, async () => {
    const server = await new PubsubServer("projects/shop/subscriptions/orders").start();
    // The second time that it is prolonged comes after that.
    server.deadlineMs = 7_000;
    server.publish("one");
    const publishedAt = Date.now();
    const held = listenTo(pubsubListener, pubsubConfig.parse({ subscription: server.subscription, endpoint: `http://127.0.0.1:${server.port}` }));
    await expect.poll(held.count, PATIENT).toBe(1);
    await expect.poll(() => server.prolonged.length, PATIENT).toBeGreaterThanOrEqual(2);
    expect(server.prolonged.every(({ messageId, until }) => messageId === "1" && until > publishedAt + server.deadlineMs)).toBe(true);
    expect([server.acknowledged, server.deliveries]).toEqual([[], [1]]);
    held.release();
    await expect.poll(() => server.acknowledged, PATIENT).toEqual(["1"]);
    await held.stop();
    await server.stop();
  });

  it.skipIf(elasticmqJars() === null)("is kept from others by SQS, and deleted once it is durable (needs Java and ElasticMQ's jars)", { timeout: SLOW_MS }, async () => {
    const { port } = await broker(elasticmqServer);
    const client = new SQSClient({ region: "elasticmq", endpoint: `http://127.0.0.1:${port}`, credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 20 });
    const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName: "held" }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
    const prolonged: number[] = [];
    const between = http.createServer((request, response) => {
      const onward = http.request({ host: "127.0.0.1", port, method: request.method, path: request.url, headers: { ...request.headers, host: `127.0.0.1:${port}` } }, (answer) => {
        if (String(request.headers["x-amz-target"]).includes("ChangeMessageVisibility")) prolonged.push(answer.statusCode ?? 0);
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", () => resolve()));
    const queueUrl = QueueUrl.replace(/:\d+/, `:${(between.address() as AddressInfo).port}`);
    const held = listenTo(sqsListener, sqsConfig.parse({ queueUrl, region: "elasticmq", accessKeyId: "x", secret: "KEY", visibilitySeconds: 10 }));
    await expect.poll(held.count, PATIENT).toBe(1);
    // Each third of its visibility: the fourth comes after the first would have been over.
    await expect.poll(() => prolonged.length, PATIENT).toBeGreaterThanOrEqual(4);
    expect(prolonged.every((status) => status === 200)).toBe(true);
    expect((await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 }))).Messages ?? []).toEqual([]);
    held.release();
    const left = async () => {
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
    };
    await expect.poll(left, PATIENT).toBe(0);
    await held.stop();
    client.destroy();
    between.closeAllConnections();
    await new Promise((resolve) => between.close(resolve));
  });
});
