import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import { secretName, type EventValue, type TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, remoteFields } from "@/server/triggers/remote-fields";

export const natsConfig = z.strictObject({
  ...remoteFields(4_222),
  credentialsSecret: secretName().optional().describe("Secret that holds a file of credentials (`.creds`), or the seed of an nkey (`SU…`), in place of user and password."),
  source: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("subject"), subject: requiredText(500).describe("Messages that come while nobody listens are lost.") }).meta({ title: "Subject" }),
      z.strictObject({
        type: z.literal("stream"),
        stream: requiredText(200),
        subject: text(500).optional().describe("Only messages of this subject."),
        consumer: text(200).optional().describe("Durable consumer; it is made if it does not exist. Default: made from the trigger's id."),
        from: choice({ new: "What is new", beginning: "The beginning" }).default("new").describe("Where a consumer begins that is made."),
      }).meta({ title: "JetStream stream" }),
    ])
    .describe("A plain subject, or a JetStream stream, which keeps messages."),
});
export type NatsConfig = z.output<typeof natsConfig>;

export const nats = {
  kind: "nats",
  title: "NATS",
  summary: "Starts a run for each message of a NATS subject or JetStream stream.",
  icon: "waypoints",
  config: natsConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check: checkTls,
} as const satisfies TriggerKindSpec;
