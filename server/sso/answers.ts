import type { SsoAttempt, SsoConnection } from "@/prisma/generated/client";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { type Attempt, beginSession } from "@/server/auth/doors/attempt";
import { sendSoon } from "@/server/auth/mail/queue";
import { originOf } from "@/server/auth/request-origin";
import { sessionCookie } from "@/server/auth/session-cookie";
import { rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { noteSignIn } from "@/server/web-counts/service";
import { admit, sourceOf } from "./admit";
import type { ProviderIdentity } from "./mapping";
import type { SsoRefused } from "./refusal";

/** 303: whatever the request was, the next one is a GET. */
export function redirect(to: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: new URL(to, env.MILLRACE_URL).href, "cache-control": "no-store", "referrer-policy": "no-referrer" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** Everything was checked: the person gets a session of their own, and nothing that the browser brought along stays. */
export async function signIn(connection: SsoConnection, identity: ProviderIdentity, request: Request, returnTo: string, cookies: readonly string[] = []): Promise<Response> {
  const person = await admit(connection, identity, originOf(request.headers));
  sendSoon();
  const attempt: Attempt = { headers: Object.fromEntries(request.headers) };
  const { sessionToken } = await beginSession(person, attempt, { method: "sso", ssoOrganizationId: connection.organizationId });
  return redirect(returnTo, [...cookies, sessionCookie(sessionToken)]);
}

export async function refusedResponse(connection: SsoConnection, { code, reason }: SsoRefused, origin: RequestOrigin): Promise<Response> {
  await rawDb().$transaction((tx) => recordAudit(tx, sourceOf(connection, origin), { action: "sso.refused", resource: { type: "sso_connection", id: connection.id, name: connection.name }, after: { reason } }));
  noteSignIn(code);
  return redirect(`/sign-in?error=${code}`);
}

/** Back to the page that the trial began on. */
export function trialResponse({ returnTo, testId }: Pick<SsoAttempt, "returnTo" | "testId">, cookies: readonly string[]): Response {
  const url = new URL(returnTo, env.MILLRACE_URL);
  url.searchParams.set("trial", testId ?? "");
  return redirect(url.pathname + url.search, cookies);
}
