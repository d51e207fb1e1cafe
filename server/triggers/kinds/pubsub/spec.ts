import { z } from "zod";
import { secretName, type EventValue, type TriggerKindSpec } from "@/server/triggers/kind";

export const pubsubConfig = z.strictObject({
  subscription: z.string().regex(/^projects\/[^/]+\/subscriptions\/[^/]+$/, "must be projects/PROJECT/subscriptions/NAME").max(500).describe("A pull subscription, as projects/PROJECT/subscriptions/NAME."),
  secret: secretName().optional().describe("Secret that holds the key of a service account, the whole JSON file."),
  endpoint: z.url({ protocol: /^https?$/, error: "must begin with https://" }).max(500).default("https://pubsub.googleapis.com").describe("Another one for a regional endpoint or an emulator."),
});
export type PubsubConfig = z.output<typeof pubsubConfig>;

export const pubsub = {
  kind: "pubsub",
  title: "Google Pub/Sub",
  summary: "Starts a run for each message of a Pub/Sub pull subscription.",
  icon: "cloud-download",
  config: pubsubConfig,
  inputOf: (event: EventValue) => event.body ?? {},
} as const satisfies TriggerKindSpec;
