import { pageOriginOf, relyingParty } from "../factors/relying-party";
import { type PasskeyOwner, verifyPasskey } from "../factors/passkeys";
import { countAttempt } from "../rate-limit";
import { addressOf, type Attempt, beginSession, discreetly, headersOf, refuse, type SignedIn } from "./attempt";

/** A passkey is two factors at once: the device, and the finger, face or PIN that it asked for. */
export function signInByPasskey(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  return discreetly(attempt, async () => {
    await countAttempt("signInByAddress", addressOf(attempt));
    const owner = await ownerOfAnswer((credentials as { response?: unknown } | undefined)?.response, attempt);
    return owner === null ? refuse("passkey_unknown") : beginSession(owner, attempt, { method: "passkey", secondFactor: true });
  });
}

/** `text`: what the browser answered, as JSON. */
export async function ownerOfAnswer(text: unknown, attempt: Attempt): Promise<PasskeyOwner | null> {
  const party = relyingParty(pageOriginOf(headersOf(attempt)));
  const response = typeof text === "string" ? parse(text) : null;
  return party === null || response === null ? null : verifyPasskey(party, response);
}

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
