import { z } from "zod";
import { text } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";

export const pubsubPushConfig = z.strictObject({
  email: z.email().max(320).describe("Service account in whose name the subscription signs its requests (push authentication)."),
  audience: text(2_000).optional().describe("As the subscription names it. Default: the address of this trigger, which is the default there too."),
  issuer: text(500).default("https://accounts.google.com").describe("Who issues the tokens."),
  keysUrl: z.url({ protocol: /^https?$/, error: "must begin with https://" }).max(500).default("https://www.googleapis.com/oauth2/v3/certs").describe("Where the issuer's public keys are (JWKS)."),
});
export type PubsubPushConfig = z.output<typeof pubsubPushConfig>;

export const pubsubPush = {
  kind: "pubsubPush",
  title: "Google Pub/Sub push",
  summary: "Starts a run for each message that a Pub/Sub push subscription sends, verified by its signed token.",
  icon: "cloud-upload",
  config: pubsubPushConfig,
  hasToken: true,
  inputOf: (event: EventValue) => event.body ?? {},
} as const satisfies TriggerKindSpec;
