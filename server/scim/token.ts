import type { ScimToken } from "@/prisma/generated/client";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordByHour } from "@/server/audit/service";
import { hashToken } from "@/server/auth/one-time-token";
import { openSystemOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import { countAttempt } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { rawDb } from "@/server/db/client";
import { recordRefusal } from "@/server/tokens/service";
import { FORMER_SCIM_TOKEN_PREFIX, SCIM_TOKEN_PREFIX } from "./contract";
import { ScimError } from "./scim-error";

const TOUCH_AFTER_MS = 60_000;

/** The organization whose provider this is: it names people and groups, and may do nothing else. */
export async function scopeOfScimRequest(request: Request): Promise<OrganizationScope> {
  const origin = originOf(request.headers);
  const [scheme, token = ""] = (request.headers.get("authorization") ?? "").split(/\s+/);
  const row = scheme?.toLowerCase() === "bearer" && [SCIM_TOKEN_PREFIX, FORMER_SCIM_TOKEN_PREFIX].some((prefix) => token.startsWith(prefix))
    ? await rawDb().scimToken.findFirst({ where: { tokenHash: new Uint8Array(hashToken(token)), organization: { deletedAt: null } } })
    : null;
  if (row?.revokedAt === null) return opened(row, origin);
  if (row !== null) await recordRefusal(sourceOf(row, origin), resourceOf(row), "revoked");
  await countAttempt("badTokenByAddress", origin.ip);
  throw new ScimError(401, `Send the SCIM token of your organization: Authorization: Bearer ${SCIM_TOKEN_PREFIX}…`);
}

async function opened(row: ScimToken, origin: RequestOrigin): Promise<OrganizationScope> {
  const source = sourceOf(row, origin);
  if (Date.now() - (row.lastUsedAt?.getTime() ?? 0) > TOUCH_AFTER_MS) {
    await rawDb().scimToken.update({ where: { id: row.id }, data: { lastUsedAt: new Date() } });
    await recordByHour(source, { of: row.id, key: "" }, { action: "token.used", resource: resourceOf(row) });
  }
  return openSystemOrganizationScope(row.organizationId, source.actor, ["person:write", "group:write"], origin);
}

const sourceOf = ({ id, name, organizationId }: ScimToken, origin: RequestOrigin) => ({ organizationId, workspaceId: null, actor: { type: "token", id, name: `SCIM ${name}` }, origin }) as const;
const resourceOf = ({ id, name }: ScimToken) => ({ type: "scim_token", id, name });
