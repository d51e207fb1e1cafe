const HOUR = 60;
const DAY = 24 * HOUR;

/** So long may nobody do anything before a session ends. */
export const IDLE_CHOICES = [15, 30, HOUR, 4 * HOUR, 8 * HOUR, DAY, 7 * DAY];
/** So long a session lasts in any case. */
export const MAX_CHOICES = [HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 14 * DAY, 30 * DAY];

/** So many days a token lives at most. */
export const TOKEN_DAYS = [7, 30, 90, 180, 365];

export function spanText(minutes: number): string {
  const [count, unit] = minutes % DAY === 0 ? [minutes / DAY, "day"] : minutes % HOUR === 0 ? [minutes / HOUR, "hour"] : [minutes, "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
