import { z } from "zod";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";

export const emailConfig = z.strictObject({
  maxKb: z.int().min(1).max(102_400).default(10_240).describe("Larger mails are refused (552). The installation may allow less."),
  ratePerMinute: z.int().min(1).max(100_000).optional().describe("More mails are put off (451): their servers send them again later."),
  sameForHours: z.int().min(1).max(8_760).default(168).describe("A mail with the message id of an earlier one is the same event for so long."),
});
export type EmailConfig = z.output<typeof emailConfig>;

export const email = {
  kind: "email",
  title: "Email",
  summary: "Starts a run for each mail to an address of its own, with attachments as files.",
  icon: "mail",
  config: emailConfig,
  hasToken: true,
  address: "mail",
  inputOf: (event: EventValue) => event.body ?? {},
} as const satisfies TriggerKindSpec;
