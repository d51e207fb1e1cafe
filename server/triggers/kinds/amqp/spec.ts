import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, remoteFields } from "@/server/triggers/remote-fields";

export const amqpConfig = z.strictObject({
  ...remoteFields(5_672),
  virtualHost: text(200).default("/"),
  queue: requiredText(255),
  declare: z.boolean().default(false).describe("Make the queue, durable, if it does not exist."),
  bind: z
    .strictObject({ exchange: requiredText(255), routingKey: text(255).default("#") })
    .optional()
    .describe("Bind the queue to an exchange that exists."),
  prefetch: z.int().min(1).max(1_000).default(50).describe("Messages that may be under way unacknowledged."),
  dedupe: choice({ messageId: "Message id and content", body: "Content" }).default("messageId").describe("What tells a message that is delivered again: its message id together with its content (without an id it may start twice when a process is lost), or its content."),
});
export type AmqpConfig = z.output<typeof amqpConfig>;

export const amqp = {
  kind: "amqp",
  title: "AMQP queue",
  summary: "Starts a run for each message of a RabbitMQ queue.",
  icon: "rabbit",
  config: amqpConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check: checkTls,
} as const satisfies TriggerKindSpec;
