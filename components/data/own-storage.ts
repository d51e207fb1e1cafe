type Kind = "input" | "draft" | "steps";

/** Place in the browser's storage of what it shows to this person alone. */
export const ownKey = (kind: Kind, userId: string, of = "") => `millrace-${kind}:${userId}:${of}`;

/** Unsaved text stays: nothing else has it, and its author alone is shown it. The others are a convenience. */
const LEFT_AT_SIGN_OUT = ["millrace-input:", "millrace-steps:", "millrace:copied-steps"];

/** For a sign-out. Of everybody: whose is left here has gone already. */
export function forgetOwn(): void {
  try {
    for (const key of Object.keys(localStorage)) if (LEFT_AT_SIGN_OUT.some((prefix) => key.startsWith(prefix))) localStorage.removeItem(key);
  } catch {
    // Storage is refused: nothing was kept.
  }
}
