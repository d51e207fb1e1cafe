import { z } from "zod";
import { env } from "@/server/env";
import { pubsubPushConfig } from "@/server/triggers/kinds/pubsubPush/spec";
import { type Endpoint, eventOfMessage, takeIn, verifyPushToken } from "@/server/triggers/service";
import type { Incoming } from "./incoming";
import { readBytes } from "./read-request";
import { closedAddress, methodNotAllowed, refusal, TurnedAway, unverified } from "./turned-away";

/** A message has at most 10 MB, which the envelope writes in base64. */
const MAX_BYTES = 15 * 1_024 * 1_024;

const envelopeSchema = z.object({
  message: z.object({
    data: z.base64().default(""),
    attributes: z.record(z.string(), z.string()).default({}),
    messageId: z.string().min(1),
    publishTime: z.string().optional(),
    orderingKey: z.string().default(""),
  }),
  subscription: z.string(),
  deliveryAttempt: z.number().optional(),
});

/** A request of a Pub/Sub push subscription; 204 acknowledges its message, once the event is durable. */
export async function answerPush(endpoint: Endpoint, request: Incoming): Promise<Response> {
  if (request.method !== "POST") throw methodNotAllowed(request.method, ["POST"]);
  const config = pubsubPushConfig.parse(endpoint.config);
  const [, bearer = ""] = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  const verdict = await verifyPushToken(bearer, config, config.audience ?? `${env.MILLRACE_URL}${new URL(request.url).pathname}`);
  if (verdict === "refused") throw unverified("Bearer");
  if (verdict === "unavailable") throw new TurnedAway("unverified", refusal({ kind: "unavailable", title: "Unavailable", status: 503, detail: "The keys of the tokens' issuer cannot be read at present." }));
  const { message, subscription, deliveryAttempt = null } = parse(await readBytes(request, MAX_BYTES));
  const { data, publishTime, ...known } = message;
  const event = eventOfMessage({ ...known, subscription, deliveryAttempt, data: Buffer.from(data, "base64"), publishedAt: publishTime ?? null });
  const { recorded, dispatched } = await takeIn({ ...event, trigger: { id: endpoint.id, workspaceId: endpoint.workspaceId }, receivedAt: endpoint.readAt }, endpoint);
  // What becomes of it stays with the event.
  dispatched.catch(() => {});
  if (recorded.status === "refused") throw closedAddress();
  return new Response(null, { status: 204 });
}

function parse(bytes: Buffer): z.output<typeof envelopeSchema> {
  let json: unknown = null;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    // Says nothing more than that it is no envelope.
  }
  const envelope = envelopeSchema.safeParse(json);
  if (envelope.success) return envelope.data;
  const field = envelope.error.issues[0]?.path.join(".") ?? "";
  throw new TurnedAway("malformed", refusal({ kind: "invalid_input", title: "Invalid input", status: 400, detail: "The body is no message of a push subscription: let it send messages wrapped.", more: { errors: [{ field: field === "" ? "body" : `body.${field}`, reason: envelope.error.issues[0]?.message ?? "is missing" }] } }));
}
