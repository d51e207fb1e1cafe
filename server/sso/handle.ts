import type { SsoConnection } from "@/prisma/generated/client";
import { recordingDenials } from "@/server/auth/denials";
import { openOrganizationScope } from "@/server/auth/organization-scope";
import { insidePath } from "@/server/auth/inside-path";
import { countAttempt } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { sessionOfRequest } from "@/server/auth/session";
import { rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { beginAttempt } from "./attempts";
import { finishOidc } from "./finish-oidc";
import { acceptSaml, finishSaml } from "./finish-saml";
import { authorizationUrl } from "./oidc";
import { redirect, refusedResponse } from "./answers";
import { SsoRefused } from "./refusal";
import { metadataOf, newRequestId, requestUrl } from "./saml";

type Step = (connection: SsoConnection, request: Request) => Promise<Response>;

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const STEPS: Readonly<Record<string, Step>> = {
  "GET start": start,
  "GET test": test,
  "GET callback": finishOidc,
  "POST acs": acceptSaml,
  "GET finish": finishSaml,
  "GET metadata": async (connection) => new Response(await metadataOf(connection), { headers: { "content-type": "application/samlmetadata+xml" } }),
};
const OF_KIND: Readonly<Record<string, readonly string[]>> = { oidc: ["start", "test", "callback"], saml: ["start", "test", "acs", "finish", "metadata"] };

/** Everything that browsers and providers ask for below `/api/sso/<connection>/`. */
export async function handleSso(request: Request, connectionId: string, step: string): Promise<Response> {
  const handler = STEPS[`${request.method} ${step}`];
  if (handler === undefined || !ID.test(connectionId)) throw new DomainError("not_found", { what: "address" });
  if (step !== "metadata") await countAttempt("ssoByAddress", originOf(request.headers).ip);
  const connection = await rawDb().ssoConnection.findFirst({ where: { id: connectionId, organization: { deletedAt: null } } });
  if (connection === null || !OF_KIND[connection.kind]?.includes(step)) throw new DomainError("not_found", { what: "connection" });
  try {
    return await handler(connection, request);
  } catch (error) {
    if (error instanceof SsoRefused) return refusedResponse(connection, error, originOf(request.headers));
    throw error;
  }
}

/** From our sign-in page, from a bookmark, or from a tile on the provider's own page. */
async function start(connection: SsoConnection, request: Request): Promise<Response> {
  if (!connection.enabled) throw new SsoRefused("sso_not_admitted", "the connection is switched off");
  const { searchParams } = new URL(request.url);
  const issuer = searchParams.get("iss");
  if (issuer !== null && issuer !== connection.issuer) throw new SsoRefused("sso_failed", "the start is in the name of another provider");
  return goToProvider(connection, placeOf(searchParams.get("next") ?? searchParams.get("target_link_uri")), searchParams.get("login_hint")?.slice(0, 320) ?? null, null);
}

/** The whole way without signing anybody in, for whoever may set the connection up. */
async function test(connection: SsoConnection, request: Request): Promise<Response> {
  const session = await sessionOfRequest(request);
  if (session === null) throw new DomainError("unauthenticated", {});
  const organization = await openOrganizationScope(session.userId, { id: connection.organizationId }, originOf(request.headers));
  await recordingDenials(organization, () => organization.require("sign-in:write"));
  return goToProvider(connection, placeOf(new URL(request.url).searchParams.get("next")), null, session.userId);
}

async function goToProvider(connection: SsoConnection, returnTo: string, loginHint: string | null, testerId: string | null): Promise<Response> {
  const requestId = connection.kind === "saml" ? newRequestId() : undefined;
  const { state, secret, cookie } = await beginAttempt({ connectionId: connection.id, returnTo, testerId, ...(requestId === undefined ? {} : { requestId }) });
  const url = requestId === undefined ? await authorizationUrl(connection, state, secret, loginHint) : await requestUrl(connection, requestId, state);
  return redirect(url, [cookie]);
}

/** A path of ours, also if it was given as a whole address. */
function placeOf(wanted: string | null): string {
  const own = new URL(env.MILLRACE_URL).origin;
  return insidePath(wanted?.startsWith(`${own}/`) ? wanted.slice(own.length) : wanted);
}
