/**
 * JSON text for what Millrace says itself: errors, health, facts. Texts in it may come from outside; PostgreSQL cannot read a field of a
 * document that holds NUL or half of a surrogate pair anywhere, so these are replaced.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? part.replaceAll("\0", "\uFFFD").replace(/\p{Surrogate}/gu, "\uFFFD") : part));
}
