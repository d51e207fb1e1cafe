import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { recordAccess, type Person } from "./access-audit";
import { countAttempt, forgetAttempts, LIMITS } from "./rate-limit";
import type { Origin } from "./session";

/** What is guessed: each has its own count per person. */
export type Guessed = "signInByEmail" | "secondFactorByPerson";

/**
 * Counts a guess before it is looked at; throws once the person is locked. The same for people who do not exist, so that a lock
 * tells nothing. Other ways to sign in stay open meanwhile, so that a stranger's guesses shut nobody out.
 */
export async function countGuess(guessed: Guessed, by: string, person: Person | null, origin: Origin): Promise<void> {
  try {
    await countAttempt(guessed, by);
  } catch (error) {
    if (DomainError.is(error, "rate_limited") && error.data.attempt === LIMITS[guessed].attempts + 1 && person !== null) {
      await record(person, "sign_in.locked", { guessed, seconds: error.data.retryAfterSeconds }, origin);
    }
    throw error;
  }
}

export async function guessedRight(guessed: Guessed, by: string): Promise<void> {
  await forgetAttempts(guessed, by);
}

export async function guessedWrong(person: Person | null, method: string, origin: Origin): Promise<void> {
  if (person !== null) await record(person, "sign_in.failed", { method }, origin);
}

function record(person: Person, action: string, after: Record<string, unknown>, origin: Origin): Promise<void> {
  return rawDb().$transaction((tx) => recordAccess(tx, person, { action, resource: { type: "user", id: person.id }, after }, origin));
}
