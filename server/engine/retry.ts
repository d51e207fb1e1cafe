import type { RetryPolicy } from "./definition";

/** FNV-1a, 32 bits: the jitter of an attempt is a function of the run's start, the path and the attempt, so that replay agrees. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

export interface RetryRequest {
  policy: RetryPolicy;
  /** Attempt that failed, from 1. */
  attempt: number;
  firstAt: number;
  failedAt: number;
  /** The delay is no shorter than until then. */
  notBefore?: number;
  seed: string;
}

/** When the next attempt may start (milliseconds since 1970), or null when there is none. */
export function nextAttemptAt({ policy, attempt, firstAt, failedAt, notBefore = 0, seed }: RetryRequest): number | null {
  if (attempt >= policy.maxAttempts) return null;
  const base = policy.strategy === "constant" ? policy.delaySeconds : policy.delaySeconds * policy.factor ** (attempt - 1);
  const capped = Math.min(base, policy.maxDelaySeconds) * 1_000;
  const share = (hash(`${seed}#${attempt}`) % 10_000) / 10_000;
  const at = Math.max(notBefore, failedAt + Math.round(capped * (1 - policy.jitter * share)));
  if (policy.maxElapsedSeconds !== undefined && at - firstAt > policy.maxElapsedSeconds * 1_000) return null;
  return at;
}
