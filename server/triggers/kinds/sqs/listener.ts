import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { bodyOf, guardedAgents, secretOf } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import { deleteAll, prolong } from "./acknowledge";
import type { SqsConfig } from "./spec";

const WAIT_SECONDS = 20;
/** The most that one call may answer. */
const BATCH = 10;
const COUNT_MS = 15_000;

export const sqsListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<SqsConfig>;
    // No other credentials: those of this machine are not the workspace's.
    const secretAccessKey = (await secretOf(ports, config.secret)) ?? "";
    const { SQSClient: Client } = await import("@aws-sdk/client-sqs");
    const agents = guardedAgents();
    const client = new Client({
      region: config.region,
      endpoint: new URL(config.queueUrl).origin,
      credentials: { accessKeyId: config.accessKeyId, secretAccessKey },
      requestHandler: { ...agents, connectionTimeout: 10_000, requestTimeout: (WAIT_SECONDS + 15) * 1_000 },
      maxAttempts: 2,
    });
    let watch: NodeJS.Timeout | undefined;
    let failed: Error | null = null;
    try {
      const say = async () => ports.report("listening", { waiting: await countWaiting(client, config) });
      await say();
      watch = setInterval(() => void say().catch((error: Error) => (failed = error)), COUNT_MS);
      while (!ports.signal.aborted && failed === null) await takeBatch(client, config, ports);
      if (failed !== null) throw failed;
    } finally {
      clearInterval(watch);
      client.destroy();
      for (const agent of Object.values(agents)) agent.destroy();
    }
  },
};

async function countWaiting(client: SQSClient, { queueUrl }: SqsConfig): Promise<number> {
  const { GetQueueAttributesCommand } = await import("@aws-sdk/client-sqs");
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }));
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

async function takeBatch(client: SQSClient, config: SqsConfig, ports: ListenerPorts): Promise<void> {
  const messages = await receive(client, config, ports.signal);
  if (messages.length === 0) return;
  const open = new Set(messages);
  const heartbeat = setInterval(() => void prolong(client, config, [...open]).catch(() => {}), (config.visibilitySeconds * 1_000) / 3);
  try {
    // Within a group one after the other; groups, and messages of queues without them, side by side.
    const taken = await Promise.allSettled([...groupsOf(messages)].map((group) => recordInOrder(group, config, ports, open)));
    await deleteAll(client, config, messages.filter((message) => !open.has(message)));
    const problem = taken.find((one) => one.status === "rejected");
    if (problem !== undefined) throw problem.reason;
  } finally {
    clearInterval(heartbeat);
  }
}

async function receive(client: SQSClient, { queueUrl, visibilitySeconds }: SqsConfig, signal: AbortSignal): Promise<Message[]> {
  const { ReceiveMessageCommand } = await import("@aws-sdk/client-sqs");
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: BATCH,
    WaitTimeSeconds: WAIT_SECONDS,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  try {
    return (await client.send(command, { abortSignal: signal })).Messages ?? [];
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

function groupsOf(messages: readonly Message[]): Iterable<Message[]> {
  const groups = new Map<string, Message[]>();
  for (const [index, message] of messages.entries()) {
    const group = message.Attributes?.MessageGroupId ?? String(index);
    groups.set(group, [...(groups.get(group) ?? []), message]);
  }
  return groups.values();
}

/** Takes what is durable off `open`; what follows a message that could not be stored is left, so that the order stays. */
async function recordInOrder(group: readonly Message[], { queueUrl }: SqsConfig, ports: ListenerPorts, open: Set<Message>): Promise<void> {
  for (const message of group) {
    const { MessageId = "", Body = "", Attributes = {}, MessageAttributes = {} } = message;
    const headers = Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue, BinaryValue }]) => [name, StringValue ?? Buffer.from(BinaryValue ?? []).toString("base64")]));
    await ports.record({
      dedupeKey: `${queueUrl.split("/").at(-1) ?? ""}/${MessageId}`,
      headers,
      ...bodyOf(Body),
      meta: {
        messageId: MessageId,
        groupId: Attributes.MessageGroupId ?? null,
        sequence: Attributes.SequenceNumber ?? null,
        sentAt: Attributes.SentTimestamp === undefined ? null : new Date(Number(Attributes.SentTimestamp)).toISOString(),
        receiveCount: Number(Attributes.ApproximateReceiveCount ?? 1),
      },
    });
    open.delete(message);
  }
}
