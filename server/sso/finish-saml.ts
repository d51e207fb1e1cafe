import { z } from "zod";
import type { SsoConnection } from "@/prisma/generated/client";
import { hashToken, newToken } from "@/server/auth/one-time-token";
import { insidePath } from "@/server/auth/inside-path";
import { rawDb } from "@/server/db/client";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { addressesOf } from "./addresses";
import { redirect, signIn, trialResponse } from "./answers";
import { browserSecretOf, dropAttempt, forgetCookie, takeAttempt } from "./attempts";
import { readForm } from "./read-form";
import { SsoRefused } from "./refusal";
import { readAnswer, type SamlAnswer } from "./saml";
import { tryOut } from "./trial";

const heldSchema = z.object({
  identity: z.object({ subject: z.string(), email: z.string().nullable(), emailUnverified: z.boolean(), name: z.string().nullable(), groups: z.array(z.string()), claims: z.record(z.string(), z.unknown()) }),
});

/**
 * The provider's page posts an answer. A post from another site brings no cookies, so that an answer to a request of ours is checked and
 * kept here, and taken by the next request: its cookie shows the browser that asked, and the secret in its address, which is told to the
 * browser that posts and to nobody else, the one that answered. Both have to be the same: else whoever begins a sign-in and sends the
 * provider's address on would be signed in as whoever opens it.
 */
export async function acceptSaml(connection: SsoConnection, request: Request): Promise<Response> {
  const { answer, relayState } = await readForm(request);
  const attempt = await rawDb().ssoAttempt.findFirst({ where: { hash: new Uint8Array(hashToken(relayState)), connectionId: connection.id } });
  if (attempt === null) return acceptUnsolicited(connection, request, answer, relayState);
  if (attempt.takenAt !== null || attempt.found !== null || attempt.expiresAt < new Date()) throw new SsoRefused("sso_expired", "this request was answered already, or is too old");
  const find = async () => {
    const read = await readAnswer(connection, answer, attempt.requestId);
    await consumeAssertion(connection, read);
    return read.identity;
  };
  const found = attempt.testerId === null ? ({ identity: await find() } satisfies z.output<typeof heldSchema>) : await tryOut(connection, find);
  const { token, hash } = newToken();
  const { count } = await rawDb().ssoAttempt.updateMany({ where: { hash: attempt.hash, answerHash: null, takenAt: null }, data: { found: JSON.parse(JSON.stringify(found)) as object, answerHash: new Uint8Array(hash) } });
  if (count === 0) throw new SsoRefused("sso_expired", "this request was answered already");
  return redirect(`${addressesOf(connection.id).finish}?${new URLSearchParams({ state: relayState, answer: token }).toString()}`);
}

/** The browser that asked, and that was answered, takes the answer: once. */
export async function finishSaml(connection: SsoConnection, request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const [state, answer] = [searchParams.get("state") ?? "", searchParams.get("answer") ?? ""];
  const secret = browserSecretOf(request.headers, state);
  const attempt = secret === null ? null : await takeAttempt(state, connection.id, secret, answer);
  // Answered in another browser than it was asked in: nobody comes in by it any more.
  if (attempt === null) await dropAttempt(state, connection.id, answer);
  if (attempt === null || attempt.found === null) throw new SsoRefused("sso_expired", "no sign-in with this state is under way in this browser");
  const cookies = [forgetCookie(state)];
  if (attempt.testerId !== null) return trialResponse(attempt, cookies);
  if (!connection.enabled) throw new SsoRefused("sso_not_admitted", "the connection is switched off");
  return signIn(connection, heldSchema.parse(attempt.found).identity, request, attempt.returnTo, cookies);
}

/** Nobody here asked: only if the organization wants that, and each assertion once. */
async function acceptUnsolicited(connection: SsoConnection, request: Request, answer: string, relayState: string): Promise<Response> {
  if (!connection.enabled) throw new SsoRefused("sso_not_admitted", "the connection is switched off");
  if (!connection.unsolicited) throw new SsoRefused("sso_expired", "an answer to no request, which the connection does not take");
  const read = await readAnswer(connection, answer, null);
  await consumeAssertion(connection, read);
  return signIn(connection, read.identity, request, insidePath(relayState));
}

async function consumeAssertion(connection: SsoConnection, { assertionId, validUntil }: SamlAnswer): Promise<void> {
  try {
    await rawDb().ssoSeen.create({ data: { connectionId: connection.id, hash: new Uint8Array(hashToken(assertionId)), expiresAt: validUntil } });
  } catch (error) {
    if (isUniqueViolation(error)) throw new SsoRefused("sso_expired", "this assertion was used already", { cause: error });
    throw error;
  }
}
