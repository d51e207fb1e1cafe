import { createHash } from "node:crypto";

/** A broker delivers again what nobody has acknowledged. Later than that it is something new. */
export const REDELIVERY_SECONDS = 7 * 86_400;

/**
 * Tells a message that is delivered again. Ids alone do not: a sender that counts from 1 after its restart, or a stream that was made
 * anew, uses those of other messages, which would be acknowledged and lost.
 */
export function deliveryKey(id: string, content: string | Uint8Array): string {
  return `${id}/${createHash("sha256").update(content).digest("base64url").slice(0, 22)}`;
}
