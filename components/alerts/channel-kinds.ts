import type { ChannelView } from "@/server/alerts/contract";

export const CHANNEL_KINDS = { email: "Mail", slack: "Slack", webhook: "Signed webhook" } as const satisfies Record<ChannelView["kind"], string>;

export const CHANNEL_KIND_OPTIONS = [
  { value: "email", label: "Mail: addresses that are written to" },
  { value: "slack", label: "Slack: a webhook of a channel, or anything compatible" },
  { value: "webhook", label: "Webhook: signed events for another program" },
] as const;
