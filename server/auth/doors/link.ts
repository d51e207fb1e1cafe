import { DomainError } from "@/server/errors/domain-error";
import { linkSignInInput } from "../contract";
import { countAttempt } from "../rate-limit";
import { originOf } from "../request-origin";
import { openLink, redeemSignInLink } from "../sign-in-links";
import { addressOf, type Attempt, beginSession, broughtSession, discreetly, headersOf, refuse, requireWay, type SignedIn, withoutEmptyTexts } from "./attempt";

export function signInByLink(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  return discreetly(attempt, () => tryLink(credentials, attempt));
}

async function tryLink(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  const input = linkSignInInput.safeParse(withoutEmptyTexts(credentials));
  if (!input.success) return refuse("details_missing");
  await countAttempt("signInByAddress", addressOf(attempt));
  try {
    const brought = await broughtSession(attempt);
    const link = await openLink(input.data.token);
    // Before anything of the account goes: a link that lets nobody in stays as it is.
    if (link !== null) await requireWay(link.user, attempt, { method: "link" });
    const signedInAs = brought?.stage === "full" ? brought.userId : null;
    return await beginSession(await redeemSignInLink(input.data, signedInAs, originOf(headersOf(attempt))), attempt, { method: "link" });
  } catch (error) {
    if (DomainError.is(error, "link_invalid")) return refuse("link_invalid");
    if (DomainError.is(error, "invalid_input")) return refuse(error.data.field === "password" && input.data.password !== undefined ? "password_weak" : "details_missing");
    if (DomainError.is(error, "name_taken")) return refuse("email_taken");
    throw error;
  }
}
