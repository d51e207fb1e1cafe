import { createHash, randomBytes } from "node:crypto";
import { v5 } from "uuid";
import type { z } from "zod";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { isPermission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import type { ApiToken } from "@/prisma/generated/client";
import { type CreatedToken, type createTokenInput, TOKEN_PREFIX, type TokenView } from "./contract";
import { findActiveTokens, findTokenByHash, touchToken } from "./queries";

const TOKEN_BYTES = 32;
const SHOWN_CHARACTERS = TOKEN_PREFIX.length + 6;
const TOKEN_PATTERN = new RegExp(`^${TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

interface Context {
  scope: Scope;
}

export async function listTokens({ scope }: Context): Promise<TokenView[]> {
  return scope.db.transaction(async (tx) => {
    const tokens = await findActiveTokens(tx);
    const owners = await tx.user.findMany({
      where: { id: { in: tokens.flatMap(({ userId }) => userId ?? []) } },
      select: { id: true, name: true, email: true },
    });
    const names = new Map(owners.map(({ id, name, email }) => [id, name ?? email]));
    return tokens.map((token) => toView(token, names));
  });
}

/** The answer holds the token itself; afterwards only its hash is known. */
export async function createToken({ scope }: Context, input: z.output<typeof createTokenInput>): Promise<CreatedToken> {
  refuseForeignScopes(scope, input.scopes);
  const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const row = await scope.db.transaction(async (tx) => {
    const created = await tx.apiToken.create({
      data: {
        id: newId(),
        workspaceId: scope.workspaceId,
        name: input.name,
        prefix: token.slice(0, SHOWN_CHARACTERS),
        tokenHash: hashOf(token),
        scopes: [...new Set(input.scopes)],
        userId: scope.userId,
        expiresAt: input.expiresInDays === null ? null : new Date(Date.now() + input.expiresInDays * DAY_MS),
      },
    });
    const { id, name, scopes, expiresAt } = created;
    await recordAudit(tx, scope, { action: "token.created", resource: { type: "token", id, name }, after: { scopes, expiresAt } });
    return created;
  });
  const names = new Map(scope.userId === null ? [] : [[scope.userId, scope.actor.name]]);
  return { ...toView(row, names), token };
}

export async function revokeToken({ scope }: Context, { tokenId }: { tokenId: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const token = await tx.apiToken.findFirst({ where: { id: tokenId, revokedAt: null } });
    const isOthers = token !== null && token.userId !== scope.userId;
    if (!token || (isOthers && !scope.can("settings:write"))) throw new DomainError("not_found", { what: "token", id: tokenId });
    await tx.apiToken.update({ where: { id: tokenId }, data: { revokedAt: new Date() } });
    await recordAudit(tx, scope, { action: "token.revoked", resource: { type: "token", id: tokenId, name: token.name } });
  });
}

export interface VerifiedToken {
  id: string;
  name: string;
  workspaceId: string;
  userId: string | null;
  scopes: string[];
}

/** Unknown, expired and revoked tokens get one answer. Use is noted by the minute and audited by the hour. */
export async function verifyToken(token: string, origin: RequestOrigin): Promise<VerifiedToken> {
  const found = TOKEN_PATTERN.test(token) ? await findTokenByHash(hashOf(token)) : null;
  if (!found || found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt.getTime() <= Date.now())) {
    throw new DomainError("unauthenticated", { reason: "The API token is not valid." });
  }
  const { id, name, workspaceId, userId, scopes } = found;
  if (await touchToken(id, origin)) {
    const source = { organizationId: found.workspace.organizationId, workspaceId, actor: { type: "token", id, name }, origin } as const;
    const hour = Math.floor(Date.now() / HOUR_MS);
    await recordAudit(rawDb(), source, { id: v5(`token.used ${hour}`, id), action: "token.used", resource: { type: "token", id, name } });
  }
  return { id, name, workspaceId, userId, scopes };
}

/** A token never exceeds the person who makes it. */
function refuseForeignScopes(scope: Scope, scopes: readonly string[]): void {
  for (const [index, wanted] of scopes.entries()) {
    if (!isPermission(wanted)) throw new DomainError("invalid_input", { field: `scopes[${index}]`, reason: `is no permission: ${wanted}` });
    if (!scope.can(wanted)) throw new DomainError("invalid_input", { field: `scopes[${index}]`, reason: `exceeds your role: ${wanted}` });
  }
}

function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}

function toView(token: ApiToken, ownerNames: ReadonlyMap<string, string>): TokenView {
  const { id, name, prefix, scopes, userId } = token;
  const ownerName = userId === null ? undefined : ownerNames.get(userId);
  return {
    id,
    name,
    prefix,
    scopes,
    owner: userId === null ? null : { id: userId, name: ownerName ?? "former member" },
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  };
}
