import { z } from "zod";
import { requiredText } from "@/server/nodes/fields";
import { secretName, type EventValue, type TriggerKindSpec } from "@/server/triggers/kind";

export const sqsConfig = z.strictObject({
  queueUrl: z.url({ protocol: /^https?$/, error: "must begin with https://" }).max(2_000).describe("As AWS shows it: https://sqs.eu-central-1.amazonaws.com/123456789012/orders."),
  region: requiredText(50).describe("Such as eu-central-1."),
  accessKeyId: requiredText(200),
  secret: secretName().describe("Secret that holds the secret access key."),
  visibilitySeconds: z.int().min(10).max(43_200).default(30).describe("For so long nobody else sees a message that was received; it is prolonged while the message is being recorded."),
});
export type SqsConfig = z.output<typeof sqsConfig>;

export const sqs = {
  kind: "sqs",
  title: "AWS SQS",
  summary: "Starts a run for each message of an SQS queue, FIFO queues in order.",
  icon: "inbox",
  config: sqsConfig,
  inputOf: (event: EventValue) => event.body ?? {},
} as const satisfies TriggerKindSpec;
