import type { SsoConnection } from "@/prisma/generated/client";
import { signIn, trialResponse } from "./answers";
import { browserSecretOf, forgetCookie, takeAttempt } from "./attempts";
import { identityOfCode } from "./oidc";
import { SsoRefused } from "./refusal";
import { keepTrial } from "./trial";

/** The browser comes back from an OpenID provider. The attempt is used up whatever the answer is worth. */
export async function finishOidc(connection: SsoConnection, request: Request): Promise<Response> {
  const { search, searchParams } = new URL(request.url);
  const state = searchParams.get("state") ?? "";
  const secret = browserSecretOf(request.headers, state);
  const attempt = secret === null ? null : await takeAttempt(state, connection.id, secret);
  if (secret === null || attempt === null) throw new SsoRefused("sso_expired", "no sign-in with this state is under way in this browser");
  const find = () => identityOfCode(connection, search, state, secret);
  const cookies = [forgetCookie(state)];
  if (attempt.testerId !== null) {
    await keepTrial(connection, attempt, find);
    return trialResponse(attempt, cookies);
  }
  if (!connection.enabled) throw new SsoRefused("sso_not_admitted", "the connection is switched off");
  return signIn(connection, await find(), request, attempt.returnTo, cookies);
}
