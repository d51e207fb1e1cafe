import { randomBytes } from "node:crypto";
import type { ScimToken } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { hashToken } from "@/server/auth/one-time-token";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { SCIM_TOKEN_PREFIX, type ScimTokenView } from "./contract";

interface Context {
  organization: OrganizationScope;
}
const TOKEN_BYTES = 32;
const SHOWN_CHARACTERS = SCIM_TOKEN_PREFIX.length + 6;
const MAX_TOKENS = 10;

const toView = ({ id, name, prefix, createdAt, lastUsedAt }: ScimToken): ScimTokenView => ({ id, name, prefix, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null });

export async function listScimTokens({ organization }: Context) {
  const tokens = await organization.db.scimToken.findMany({ where: { revokedAt: null }, orderBy: { createdAt: "asc" } });
  return { baseUrl: new URL("/api/scim/v2", env.MILLRACE_URL).href, tokens: tokens.map(toView) };
}

/** The answer holds the token itself; afterwards only its hash is known. */
export async function createScimToken({ organization }: Context, { name }: { name: string }) {
  const token = `${SCIM_TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  return organization.db.transaction(async (tx) => {
    if ((await tx.scimToken.count({ where: { revokedAt: null } })) >= MAX_TOKENS) throw new DomainError("limit_reached", { what: "SCIM tokens", limit: MAX_TOKENS });
    const { organizationId, userId } = organization;
    const row = await tx.scimToken.create({ data: { id: newId(), organizationId, name, prefix: token.slice(0, SHOWN_CHARACTERS), tokenHash: new Uint8Array(hashToken(token)), createdById: userId } });
    await recordAudit(tx, organization, { action: "scim_token.created", resource: { type: "scim_token", id: row.id, name } });
    return { ...toView(row), token };
  });
}

export async function removeScimToken({ organization }: Context, { tokenId }: { tokenId: string }) {
  await organization.db.transaction(async (tx) => {
    const row = await tx.scimToken.findFirst({ where: { id: tokenId, revokedAt: null } });
    if (row === null) throw new DomainError("not_found", { what: "SCIM token", id: tokenId });
    await tx.scimToken.update({ where: { id: tokenId }, data: { revokedAt: new Date() } });
    await recordAudit(tx, organization, { action: "scim_token.revoked", resource: { type: "scim_token", id: tokenId, name: row.name } });
  });
  return { ok: true as const };
}
