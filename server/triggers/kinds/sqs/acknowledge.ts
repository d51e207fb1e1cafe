import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { SqsConfig } from "./spec";

/** For messages that are durable here. One that could not be deleted comes again, and is known by its id. */
export async function deleteAll(client: SQSClient, { queueUrl }: SqsConfig, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const { DeleteMessageBatchCommand } = await import("@aws-sdk/client-sqs");
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle })) }));
}

export async function prolong(client: SQSClient, { queueUrl, visibilitySeconds }: SqsConfig, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const { ChangeMessageVisibilityBatchCommand } = await import("@aws-sdk/client-sqs");
  const Entries = messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: visibilitySeconds }));
  await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
}
