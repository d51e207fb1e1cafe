import { z } from "zod";
import { requiredText, text } from "@/server/nodes/fields";
import { secretName, type EventValue, type TriggerKindSpec } from "@/server/triggers/kind";

export const kafkaConfig = z.strictObject({
  brokers: z.array(z.string().regex(/^.+:\d{1,5}$/, "must be host:port").max(300)).min(1).max(50).describe("Addresses to begin with, as host:port."),
  tls: z.boolean().default(false).describe("Encrypt connections and check the brokers' certificates."),
  mechanism: z.enum(["none", "plain", "scram-sha-256", "scram-sha-512"]).default("none").describe("How to sign in."),
  username: text(200).optional(),
  secret: secretName().optional().describe("Secret that holds the password."),
  topics: z.array(requiredText(249)).min(1).max(100),
  group: text(200).optional().describe("Consumer group. Default: made from the trigger's id."),
  from: z.enum(["new", "beginning"]).default("new").describe("Where a group begins that has read nothing yet."),
});
export type KafkaConfig = z.output<typeof kafkaConfig>;

function check({ mechanism, username, secret }: Record<string, unknown>): { path: string; message: string }[] {
  if (mechanism === undefined || mechanism === "none") return [];
  return [...(username === undefined ? [{ path: "/username", message: "is required to sign in" }] : []), ...(secret === undefined ? [{ path: "/secret", message: "is required to sign in" }] : [])];
}

export const kafka = {
  kind: "kafka",
  title: "Kafka",
  summary: "Starts a run for each message of Kafka topics, as a consumer group.",
  icon: "waves",
  config: kafkaConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check,
} as const satisfies TriggerKindSpec;
