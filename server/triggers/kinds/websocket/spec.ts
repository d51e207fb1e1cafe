import { z } from "zod";
import { longText } from "@/server/nodes/fields";
import { secretName, type EventValue, type TriggerKindSpec } from "@/server/triggers/kind";

export const websocketConfig = z.strictObject({
  url: z.url({ protocol: /^wss?$/, error: "must begin with ws:// or wss://" }).max(2_000),
  headers: z.record(z.string().max(200), z.string().max(4_000)).default({}),
  secret: secretName().optional().describe("Secret that is sent as a bearer token."),
  firstMessage: longText(20_000).optional().describe("Sent once the connection is open, such as a subscription."),
  pingSeconds: z.int().min(5).max(600).default(30).describe("A connection that leaves two pings unanswered counts as lost."),
});
export type WebsocketConfig = z.output<typeof websocketConfig>;

export const websocket = {
  kind: "websocket",
  title: "WebSocket",
  summary: "Starts a run for each message of a WebSocket server. What it sends while nobody listens is lost.",
  icon: "plug-zap",
  config: websocketConfig,
  inputOf: (event: EventValue) => event.body ?? {},
} as const satisfies TriggerKindSpec;
