import { hashToken } from "@/server/auth/one-time-token";
import { openSystemOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import { countAttempt } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { rawDb } from "@/server/db/client";
import { FORMER_SCIM_TOKEN_PREFIX, SCIM_TOKEN_PREFIX } from "./contract";
import { ScimError } from "./scim-error";

const TOUCH_AFTER_MS = 60_000;

/** The organization whose provider this is: it names people and groups, and may do nothing else. */
export async function scopeOfScimRequest(request: Request): Promise<OrganizationScope> {
  const origin = originOf(request.headers);
  const [scheme, token = ""] = (request.headers.get("authorization") ?? "").split(/\s+/);
  const row = scheme?.toLowerCase() === "bearer" && [SCIM_TOKEN_PREFIX, FORMER_SCIM_TOKEN_PREFIX].some((prefix) => token.startsWith(prefix))
    ? await rawDb().scimToken.findFirst({ where: { tokenHash: new Uint8Array(hashToken(token)), revokedAt: null, organization: { deletedAt: null } } })
    : null;
  if (row === null) {
    await countAttempt("badTokenByAddress", origin.ip);
    throw new ScimError(401, `Send the SCIM token of your organization: Authorization: Bearer ${SCIM_TOKEN_PREFIX}…`);
  }
  if (Date.now() - (row.lastUsedAt?.getTime() ?? 0) > TOUCH_AFTER_MS) await rawDb().scimToken.update({ where: { id: row.id }, data: { lastUsedAt: new Date() } });
  return openSystemOrganizationScope(row.organizationId, { type: "token", id: row.id, name: `SCIM ${row.name}` }, ["person:write", "group:write"], origin);
}
