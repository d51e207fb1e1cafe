import type { Account, User } from "next-auth";
import { DomainError } from "@/server/errors/domain-error";
import { personOf } from "../account/sessions";
import { type ExternalIdentity, linkAccount, signInExternally } from "../external-identity";
import { mayAdd } from "../other-way";
import type { ProviderId, ProviderProfile } from "../providers";
import { requireRecentProof } from "../recent-proof";
import { type Attempt, broughtSession, discreetly, SignInRefused } from "./attempt";

/**
 * After a provider's answer was verified. True: `user` carries the new session. An address: go there, and nobody is signed in anew.
 * Whoever is signed in links the account; whoever is not comes in by an account that was linked before. Whoever came to
 * add a way does both.
 */
export async function enterByProvider(user: User, account: Account, attempt: Attempt): Promise<true | string> {
  const { name, email, emailVerified } = user as unknown as ProviderProfile;
  const identity: ExternalIdentity = { provider: account.provider as ProviderId, subject: account.providerAccountId, email, emailVerified, name };
  const session = await broughtSession(attempt);
  const isLinking = session?.stage === "full";
  const isAdding = session?.stage === "other_way" && (await mayAdd(session, identity.provider));
  try {
    return await discreetly(attempt, async () => {
      if (isAdding) {
        requireRecentProof(session);
        await linkAccount(personOf(session), identity, attempt);
      }
      if (!isLinking) return Object.assign(user, await signInExternally(identity, attempt)) && true;
      requireRecentProof(session);
      await linkAccount(personOf(session), identity, attempt);
      return "/profile/security";
    });
  } catch (error) {
    const reason = error instanceof SignInRefused ? (DomainError.is(error.cause, "proof_needed") ? "proof_needed" : error.message) : "unavailable";
    return `${isLinking ? "/profile/security" : "/sign-in"}?error=${encodeURIComponent(reason)}`;
  }
}
