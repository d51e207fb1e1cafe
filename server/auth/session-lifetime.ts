import { env } from "@/server/env";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** What the organizations of a person ask for; null where they ask nothing. */
export interface LifetimePolicy {
  idleMinutes: number | null;
  maxMinutes: number | null;
}

/** The shortest of what the installation and the person's organizations say. */
export function expiryOf(createdAt: Date, seenAt: Date, { idleMinutes, maxMinutes }: LifetimePolicy): Date {
  const { sessionIdleMinutes, sessionMaxMinutes } = defaultLifetime();
  const idle = Math.min(sessionIdleMinutes, idleMinutes ?? Infinity);
  const max = Math.min(sessionMaxMinutes, maxMinutes ?? Infinity);
  return new Date(Math.min(seenAt.getTime() + idle * MINUTE_MS, createdAt.getTime() + max * MINUTE_MS));
}

/** What the installation says. */
export function defaultLifetime() {
  return { sessionIdleMinutes: env.SESSION_IDLE_HOURS * HOUR_MINUTES, sessionMaxMinutes: env.SESSION_MAX_DAYS * DAY_MINUTES };
}

/** How long the browser keeps the cookie; the row decides earlier. */
export function cookieSeconds(): number {
  return env.SESSION_MAX_DAYS * DAY_MINUTES * 60;
}
