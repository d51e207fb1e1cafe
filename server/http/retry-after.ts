/** No answer puts off another attempt for longer. */
export const LONGEST_RETRY_AFTER_SECONDS = 86_400;

/** What an answer asks for with Retry-After: a number of seconds, or a date, which is compared with the answer's own when it has one. */
export function retryAfterSeconds(retryAfter: string | null | undefined, answeredAt: string | null | undefined, now: number): number | null {
  if (retryAfter == null) return null;
  const text = retryAfter.trim();
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - timeOf(answeredAt, now)) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_RETRY_AFTER_SECONDS) : null;
}

function timeOf(date: string | null | undefined, now: number): number {
  const at = date == null ? NaN : Date.parse(date);
  return Number.isNaN(at) ? now : at;
}
