import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { isAllowedAddress } from "@/server/auth/address-list";
import { countAttempt } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import type { OauthClient, Prisma } from "@/prisma/generated/client";
import { readLimitedBytes } from "@/server/auth/request-bytes";
import { freshSecret, hashOf, looksLike, recordRefusal, type Refusal } from "@/server/tokens/service";
import { REFRESH_PREFIX, TOKEN_PREFIX } from "@/server/tokens/contract";
import { CLIENT_SECRET_PREFIX } from "./contract";

const MAX_FORM_BYTES = 16_384;
const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Client = OauthClient & { workspace: { organizationId: string }; secretMadeById: string | null };
type Tx = Prisma.TransactionClient;

/** As RFC 6749, section 5.2, and RFC 7009 name them. */
class OAuthRefusal extends Error {
  constructor(
    readonly code: "invalid_request" | "invalid_client" | "invalid_grant" | "invalid_scope" | "unsupported_grant_type",
    readonly description: string,
  ) {
    super(description);
  }
}

/** `POST /api/oauth/token`: client credentials, and their refresh (OAuth 2.1). */
export function tokenResponse(request: Request): Promise<Response> {
  return answer(request, async (form, origin) => {
    const client = await authenticate(request, form, origin);
    switch (form.get("grant_type")) {
      case "client_credentials":
        return rawDb().$transaction((tx) => issue(tx, client, origin, { scopes: narrowed(client.scopes, form.get("scope")), familyId: newId() }));
      case "refresh_token":
        return refresh(client, form, origin);
      default:
        throw new OAuthRefusal("unsupported_grant_type", "grant_type is client_credentials or refresh_token");
    }
  });
}

/** `POST /api/oauth/revoke` (RFC 7009): a token of the application; one that is not there is revoked already. */
export function revokeResponse(request: Request): Promise<Response> {
  return answer(request, async (form, origin) => {
    const client = await authenticate(request, form, origin);
    const found = await rawDb().apiToken.findUnique({ where: { tokenHash: hashOf(form.get("token") ?? "") } });
    if (found !== null && found.clientId === client.id) {
      const which = found.kind === "refresh" && found.familyId !== null ? { familyId: found.familyId } : { id: found.id };
      await rawDb().apiToken.updateMany({ where: { ...which, clientId: client.id, revokedAt: null }, data: { revokedAt: new Date() } });
    }
    return {};
  });
}

/** `/.well-known/oauth-authorization-server` (RFC 8414). */
export function metadataResponse(baseUrl: string): Response {
  return Response.json({
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/api/oauth/token`,
    revocation_endpoint: `${baseUrl}/api/oauth/revoke`,
    grant_types_supported: ["client_credentials", "refresh_token"],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  });
}

/** A refresh token counts once. Whoever comes with one a second time has stolen it, or was stolen from: everything of its family ends. */
async function refresh(client: Client, form: URLSearchParams, origin: RequestOrigin) {
  const text = form.get("refresh_token") ?? "";
  const unknown = new OAuthRefusal("invalid_grant", "the refresh token is not valid");
  if (!looksLike(REFRESH_PREFIX, text)) throw unknown;
  const outcome = await rawDb().$transaction(async (tx) => {
    const found = await tx.apiToken.findUnique({ where: { tokenHash: hashOf(text) } });
    if (found === null || found.kind !== "refresh" || found.clientId !== client.id || found.familyId === null) return "unknown";
    // One at a time in a family: those that come too late end all of it, whose rows two could take in different orders.
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`token family ${found.familyId}`}, 0))::text`;
    const { count } = await tx.apiToken.updateMany({ where: { id: found.id, usedAt: null, revokedAt: null, expiresAt: { gt: new Date() } }, data: { usedAt: new Date() } });
    if (count === 1) return issue(tx, client, origin, { scopes: narrowed(found.scopes, form.get("scope")), familyId: found.familyId });
    // Read anew: it may have been used since.
    const { usedAt } = await tx.apiToken.findUniqueOrThrow({ where: { id: found.id }, select: { usedAt: true } });
    if (usedAt === null) return "unknown";
    await tx.apiToken.updateMany({ where: { familyId: found.familyId, revokedAt: null }, data: { revokedAt: new Date() } });
    await recordAudit(tx, sourceOf(client, origin), { action: "token.reuse_detected", resource: { type: "application", id: client.id, name: client.name }, after: { family: found.familyId } });
    return "unknown";
  });
  if (outcome === "unknown") throw unknown;
  return outcome;
}

async function issue(tx: Tx, client: Client, origin: RequestOrigin, { scopes, familyId }: { scopes: string[]; familyId: string }) {
  const { id: clientId, workspaceId, serviceAccountId, name, allowedAddresses, tokenSeconds, refreshDays, secretMadeById: madeById } = client;
  const shared = { workspaceId, serviceAccountId, clientId, familyId, name, scopes, allowedAddresses, madeById };
  const access = freshSecret(TOKEN_PREFIX);
  const id = newId();
  await tx.apiToken.create({ data: { ...shared, id, kind: "access", prefix: access.shown, tokenHash: access.hash, expiresAt: new Date(Date.now() + tokenSeconds * 1_000) } });
  const next = refreshDays === null ? null : freshSecret(REFRESH_PREFIX);
  if (next !== null) await tx.apiToken.create({ data: { ...shared, id: newId(), kind: "refresh", prefix: next.shown, tokenHash: next.hash, expiresAt: new Date(Date.now() + refreshDays! * DAY_MS) } });
  await recordAudit(tx, sourceOf(client, origin), { action: "token.issued", resource: { type: "token", id, name }, after: { scopes } });
  return { access_token: access.text, token_type: "Bearer", expires_in: tokenSeconds, scope: scopes.join(" "), ...(next === null ? {} : { refresh_token: next.text }) };
}

/** What is asked for, and never more than there is. */
function narrowed(scopes: readonly string[], asked: string | null): string[] {
  const wanted = (asked ?? "").split(" ").filter((scope) => scope !== "");
  const foreign = wanted.find((scope) => !scopes.includes(scope));
  if (foreign !== undefined) throw new OAuthRefusal("invalid_scope", `the application does not have the scope ${foreign.slice(0, 100)}`);
  return wanted.length === 0 ? [...scopes] : [...new Set(wanted)];
}

async function authenticate(request: Request, form: URLSearchParams, origin: RequestOrigin): Promise<Client> {
  const [id = "", secret = ""] = credentialsOf(request.headers.get("authorization")) ?? [form.get("client_id") ?? "", form.get("client_secret") ?? ""];
  const refuse = async (): Promise<never> => {
    await countAttempt("badTokenByAddress", origin.ip ?? "");
    throw new OAuthRefusal("invalid_client", "unknown application, or wrong secret");
  };
  if (!UUID.test(id) || !looksLike(CLIENT_SECRET_PREFIX, secret)) return refuse();
  const found = await rawDb().oauthClientSecret.findUnique({
    where: { secretHash: hashOf(secret) },
    include: { client: { include: { serviceAccount: true, workspace: { select: { organizationId: true, deletedAt: true, organization: { select: { deletedAt: true } } } } } } },
  });
  if (found === null || found.clientId !== id) return refuse();
  const { client } = found;
  const { workspace, serviceAccount } = client;
  if (workspace.deletedAt !== null || workspace.organization.deletedAt !== null) return refuse();
  const isExpired = found.expiresAt !== null && found.expiresAt.getTime() <= Date.now();
  const unfit: Refusal | null = isExpired ? "expired" : serviceAccount.disabledAt !== null ? "holder" : isAllowedAddress(origin.ip, client.allowedAddresses) ? null : "address";
  if (unfit !== null) {
    await recordRefusal(sourceOf(client, origin), { type: "application", id: client.id, name: client.name }, unfit);
    return refuse();
  }
  await rawDb().oauthClientSecret.update({ where: { id: found.id }, data: { lastUsedAt: new Date() } });
  return { ...client, secretMadeById: found.madeById };
}

/** Of HTTP Basic, form-encoded as RFC 6749, section 2.3.1, wants it. */
function credentialsOf(header: string | null): [string, string] | null {
  const [, encoded] = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "") ?? [];
  if (encoded === undefined) return null;
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text.replaceAll("+", " "));
    } catch {
      return text;
    }
  };
  return [decode(id), decode(rest.join(":"))];
}

function sourceOf({ workspaceId, workspace, id, name }: Pick<Client, "workspaceId" | "workspace" | "id" | "name">, origin: RequestOrigin) {
  return { organizationId: workspace.organizationId, workspaceId, actor: { type: "token", id, name }, origin } as const;
}

async function answer(request: Request, work: (form: URLSearchParams, origin: RequestOrigin) => Promise<object>): Promise<Response> {
  const headers = { "cache-control": "no-store", pragma: "no-cache" };
  try {
    return Response.json(await work(await readForm(request), originOf(request.headers)), { headers });
  } catch (error) {
    if (DomainError.is(error, "rate_limited")) return Response.json({ error: "temporarily_unavailable", error_description: "too many attempts" }, { status: 429, headers: { ...headers, "retry-after": String(error.data.retryAfterSeconds) } });
    if (DomainError.is(error, "too_large")) return Response.json({ error: "invalid_request", error_description: "the form is too large" }, { status: 413, headers });
    if (!(error instanceof OAuthRefusal)) throw error;
    const isUnknown = error.code === "invalid_client";
    return Response.json({ error: error.code, error_description: error.description }, { status: isUnknown ? 401 : 400, headers: { ...headers, ...(isUnknown ? { "www-authenticate": "Basic" } : {}) } });
  }
}

/** Parameters that stand twice are refused (RFC 6749, section 3.2). */
async function readForm(request: Request): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers.get("content-type") ?? "")) throw new OAuthRefusal("invalid_request", "send a form (application/x-www-form-urlencoded)");
  const text = new TextDecoder().decode(await readLimitedBytes(request, MAX_FORM_BYTES));
  const form = new URLSearchParams(text);
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) throw new OAuthRefusal("invalid_request", "a parameter stands there twice");
  return form;
}
