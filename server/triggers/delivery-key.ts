import { createHash } from "node:crypto";
import type { NewEvent } from "@/server/triggers/new-event";

/** A broker delivers again what nobody has acknowledged. Later than that it is something new. */
const REDELIVERY_SECONDS = 7 * 86_400;

/**
 * Tells a message that is delivered again. Ids alone do not: a sender that counts from 1 after its restart, or a stream that was made
 * anew, uses those of other messages, which would be acknowledged and lost.
 */
function deliveryKey(id: string, content: string | Uint8Array): string {
  return `${id}/${createHash("sha256").update(content).digest("base64url").slice(0, 22)}`;
}

/** `again`: the broker may have delivered it before, also to a process of an earlier release, for which the id alone was the key. */
export function deliveryKeys(id: string, content: string | Uint8Array, again: boolean): Pick<NewEvent, "dedupeKey" | "formerKey" | "dedupeWindowSeconds"> {
  return { dedupeKey: deliveryKey(id, content), formerKey: again ? id : undefined, dedupeWindowSeconds: REDELIVERY_SECONDS };
}
