import { bodyOf } from "@/server/triggers/outbound";
import type { NewEvent } from "@/server/triggers/new-event";

/** A message as both ways give it, pull and push. */
export interface PubsubMessage {
  subscription: string;
  messageId: string;
  data: Uint8Array;
  attributes: Record<string, string>;
  orderingKey: string;
  publishedAt: string | null;
  deliveryAttempt: number | null;
}

/** Message ids are unique in a topic; the attribute `content-type` says how to read the data. */
export function eventOfMessage({ subscription, messageId, data, attributes, orderingKey, publishedAt, deliveryAttempt }: PubsubMessage): Omit<NewEvent, "trigger"> {
  return {
    dedupeKey: `${subscription}/${messageId}`,
    headers: attributes,
    ...bodyOf(data, attributes["content-type"]),
    meta: { subscription, messageId, orderingKey: orderingKey === "" ? null : orderingKey, publishedAt, deliveryAttempt },
  };
}
