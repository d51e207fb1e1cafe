import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, remoteFields } from "@/server/triggers/remote-fields";

export const redisConfig = z.strictObject({
  ...remoteFields(6_379),
  database: z.int().min(0).max(1_000).default(0),
  stream: requiredText(500).describe("Key of the stream."),
  group: text(200).default("millrace").describe("Consumer group; it is made if it does not exist."),
  from: choice({ new: "What is new", beginning: "The beginning" }).default("new").describe("Where a group begins that is made."),
});
export type RedisConfig = z.output<typeof redisConfig>;

export const redis = {
  kind: "redis",
  title: "Redis stream",
  summary: "Starts a run for each entry of a Redis stream, as a consumer group.",
  icon: "database",
  config: redisConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check: checkTls,
} as const satisfies TriggerKindSpec;
