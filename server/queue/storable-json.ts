import { storableJsonText } from "@/server/expressions/storable";

/**
 * JSON text for what Millrace says itself: errors, health, facts. Texts in it may come from outside; PostgreSQL cannot read a field of a
 * document that holds NUL or half of a surrogate pair anywhere, so these are replaced.
 */
export function storableJson(value: unknown): string {
  return storableJsonText(JSON.stringify(value));
}
