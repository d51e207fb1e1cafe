import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { v5 } from "uuid";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { isPermission, isRole, permissionsOf, type Permission } from "@/server/auth/permissions";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { keysOf } from "./keys";

const HOUR_MS = 3_600_000;
const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_LIFETIME_SECONDS = 86_400;
// Never a shared secret: a public key must not be taken for one.
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

export interface ForeignIdentity {
  /** Of the trusted issuer. */
  id: string;
  name: string;
  workspace: { id: string; organizationId: string; slug: string; name: string; timeZone: string };
  roles: string[];
  permissions: ReadonlySet<Permission>;
}

export function looksLikeJwt(token: string): boolean {
  return token.length <= 16_384 && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

function isNotValid(): DomainError<"unauthenticated"> {
  return new DomainError("unauthenticated", { reason: "The token is not valid here." });
}

/**
 * A token that somebody else signed, for the workspace that the request names and that trusts them for this audience. Without the name it
 * would be for whoever trusts the issuer too: a stranger could have it go to their workspace, or to nobody's.
 * Roles are what the claim says, as the workspace maps it; without any the token opens nothing.
 */
export async function verifyForeignToken(token: string, workspaceSlug: string | null, origin: RequestOrigin): Promise<ForeignIdentity> {
  const claims = readUnverified(token);
  const audiences = [claims.aud ?? []].flat();
  if (claims.iss === undefined || audiences.length === 0) throw isNotValid();
  if (workspaceSlug === null) throw new DomainError("unauthenticated", { reason: "Name the workspace in the header x-millrace-workspace." });
  const trust = await rawDb().trustedIssuer.findFirst({
    where: { issuer: claims.iss, audience: { in: audiences }, enabled: true, workspace: { deletedAt: null, archivedAt: null, organization: { deletedAt: null, archivedAt: null }, slug: workspaceSlug } },
    include: { workspace: true },
    // A token for two audiences, each of which the workspace trusts: the rule that was there first.
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  if (trust === null) throw isNotValid();
  const payload = await verified(token, trust);
  const values = valuesAt(payload, trust.claim);
  const { roles, permissions } = await rolesOf(trust, values);
  if (roles.length === 0) throw isNotValid();
  const name = `${payload.sub ?? "unknown"} (${trust.name})`.slice(0, 300);
  await noteUse(trust, name, origin);
  return { id: trust.id, name, workspace: trust.workspace, roles, permissions };
}

/** The roles that the values are mapped to; a custom one that is gone is none. Its permissions are those that it has now. */
async function rolesOf(trust: { roles: unknown; workspace: { organizationId: string } }, values: readonly string[]): Promise<{ roles: string[]; permissions: ReadonlySet<Permission> }> {
  const named = [...new Set((trust.roles as { value: string; role: string }[]).filter(({ value }) => values.includes(value)).map(({ role }) => role))];
  const known = named.filter(isRole);
  const ids = named.filter((role) => !isRole(role));
  const customs = ids.length === 0 ? [] : await rawDb().customRole.findMany({ where: { id: { in: ids }, organizationId: trust.workspace.organizationId }, orderBy: { name: "asc" } });
  const permissions = [...permissionsOf(known), ...customs.flatMap((role) => role.permissions.filter(isPermission))];
  return { roles: [...known, ...customs.map(({ name }) => name)], permissions: new Set(permissions) };
}

function readUnverified(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw isNotValid();
  }
}

async function verified(token: string, { issuer, audience, keysUrl }: { issuer: string; audience: string; keysUrl: string | null }): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keysOf({ issuer, keysUrl }), { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_SECONDS, maxTokenAge: MAX_LIFETIME_SECONDS, requiredClaims: ["exp", "iat"] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw isNotValid();
    throw new DomainError("unavailable", { what: "set of keys of the token's issuer" }, { cause: error });
  }
}

/** `realm_access.roles`, or the claim whose name holds dots itself. */
function valuesAt(payload: JWTPayload, path: string): string[] {
  const own = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
  const found = own(payload, path) ?? path.split(".").reduce<unknown>(own, payload);
  return (Array.isArray(found) ? found : typeof found === "string" ? found.split(" ") : []).filter((value): value is string => typeof value === "string");
}

async function noteUse({ id, name: issuer, workspace }: { id: string; name: string; workspace: { id: string; organizationId: string } }, name: string, origin: RequestOrigin): Promise<void> {
  const changed = await rawDb().$executeRaw`update trusted_issuer set last_used_at = now() where id = ${id}::uuid and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
  const hour = Math.floor(Date.now() / HOUR_MS);
  if (changed === 0) return;
  const source = { organizationId: workspace.organizationId, workspaceId: workspace.id, actor: { type: "token", id, name }, origin } as const;
  await recordAudit(rawDb(), source, { id: v5(`issuer.used ${hour} ${name}`, id), action: "issuer.used", resource: { type: "issuer", id, name: issuer } });
}
