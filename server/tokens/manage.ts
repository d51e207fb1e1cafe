import { validate as isUuid } from "uuid";
import type { z } from "zod";
import type { ApiToken, Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { isNetwork } from "@/server/auth/address-list";
import { makerIn } from "@/server/auth/acting/starter";
import type { Scope } from "@/server/auth/scope";
import { holding } from "@/server/db/fold-case";
import { newId } from "@/server/db/id";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import { type CreatedToken, type createTokenInput, type listTokensInput, type rotateTokenInput, TOKEN_PREFIX, type TokenView } from "./contract";
import { type Holder, holderIn, rightsOfHolder } from "./holder";
import { isLasting } from "./lasting";
import { DAY_MS, endOfToken, mostDays } from "./lifetime";
import { FolderPlaces, refuseWiderScopes, shownScopes, storableScopes } from "./scopes";
import { freshSecret } from "./secret";

const HOUR_MS = 3_600_000;

interface Context {
  scope: Scope;
  /** Of a person: refuses a sign-in that is not of just now. */
  requireProof?: () => Promise<void>;
}

const WITH_HOLDER = { serviceAccount: { select: { id: true, name: true, disabledAt: true } } } satisfies Prisma.ApiTokenInclude;
type TokenRow = Prisma.ApiTokenGetPayload<{ include: typeof WITH_HOLDER }>;

/** Newest first. */
export async function listTokens({ scope }: Context, { search, cursor, limit }: z.output<typeof listTokensInput>): Promise<Page<TokenView>> {
  return scope.db.transaction(async (tx) => {
    const rows = await tx.apiToken.findMany({
      where: { revokedAt: null, kind: "token", ...(search === "" ? {} : isUuid(search) ? { id: search } : { name: await holding(tx, "api_token", "name", search) }), AND: [after("createdAt", decodePlace(cursor))] },
      include: WITH_HOLDER,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const views = new Map((await toViews(tx, scope, rows)).map((view) => [view.id, view]));
    return pageFrom(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }), ({ id }) => views.get(id)!);
  });
}

/** The answer holds the token itself; afterwards only its hash is known. */
export async function createToken({ scope, requireProof }: Context, { name, scopes, expiresInDays, allowedAddresses = [], serviceAccountId }: z.output<typeof createTokenInput>): Promise<CreatedToken> {
  refuseNoNetworks("allowedAddresses", allowedAddresses);
  return scope.db.transaction(async (tx) => {
    const holder = await holderOf(tx, scope, serviceAccountId);
    const stored = await scopesFor(tx, scope, holder, scopes);
    const most = await mostDays(tx, scope);
    if (most !== null && (expiresInDays === null || expiresInDays > most)) throw new DomainError("invalid_input", { field: "expiresInDays", reason: `must be at most ${most}: so long the organization lets a token live` });
    const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS);
    if (isLasting({ scopes: stored, expiresAt })) await requireProof?.();
    const made = await insert(tx, scope, { name, scopes: stored, expiresAt, allowedAddresses, ...holder });
    await recordAudit(tx, scope, { action: "token.created", resource: { type: "token", id: made.id, name }, after: { scopes: made.scopes, expiresAt, allowedAddresses, serviceAccount: made.serviceAccount?.name ?? null } });
    return made;
  });
}

/** A new token like the old one, which goes on for a while, so that whatever uses it can be changed without a gap. */
export async function rotateToken({ scope, requireProof }: Context, { tokenId, overlapHours }: z.output<typeof rotateTokenInput>): Promise<CreatedToken> {
  return scope.db.transaction(async (tx) => {
    const old = await findOwn(tx, scope, tokenId);
    if (old.userId !== null && old.userId !== scope.userId) throw new DomainError("not_found", { what: "token", id: tokenId });
    const { name, scopes, allowedAddresses, userId, serviceAccountId } = old;
    if (userId === null && serviceAccountId === null && scope.actor.type !== "system") throw new DomainError("invalid_input", { field: "tokenId", reason: "is the installation's own, made at the command line: make another one there" });
    if (serviceAccountId !== null) scope.require("member:write");
    await requireGiving(tx, scope, old, scopes);
    const now = new Date();
    const asLong = old.expiresAt === null ? null : new Date(now.getTime() + old.expiresAt.getTime() - old.createdAt.getTime());
    const expiresAt = endOfToken({ createdAt: now, expiresAt: asLong }, await mostDays(tx, scope));
    if (isLasting({ scopes, expiresAt })) await requireProof?.();
    const until = new Date(Date.now() + overlapHours * HOUR_MS);
    const made = await insert(tx, scope, { name, scopes, allowedAddresses, userId, serviceAccountId, expiresAt });
    const ends = old.expiresAt !== null && old.expiresAt < until ? old.expiresAt : until;
    await tx.apiToken.update({ where: { id: tokenId }, data: { expiresAt: ends } });
    await recordAudit(tx, scope, { action: "token.rotated", resource: { type: "token", id: made.id, name }, before: { token: tokenId }, after: { oldEndsAt: ends } });
    return made;
  });
}

export async function revokeToken({ scope }: Context, { tokenId }: { tokenId: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const { name } = await findOwn(tx, scope, tokenId);
    await tx.apiToken.update({ where: { id: tokenId }, data: { revokedAt: new Date() } });
    await recordAudit(tx, scope, { action: "token.revoked", resource: { type: "token", id: tokenId, name } });
  });
}

export function refuseNoNetworks(field: string, networks: readonly string[]): void {
  for (const [index, text] of networks.entries()) {
    if (!isNetwork(text)) throw new DomainError("invalid_input", { field: `${field}[${index}]`, reason: `is no address or CIDR range: ${text}` });
  }
}

/** Never more than the holder may. Whoever makes it for a service account may not give away more than they have either. */
export async function scopesFor(tx: Tx, scope: Scope, holder: Holder, scopes: readonly string[]): Promise<string[]> {
  const folders = await FolderPlaces.of(tx);
  const held = await rightsOfHolder(holder, scope.workspaceId);
  if (held === null) throw new DomainError("not_found", { what: "service account", id: holder.serviceAccountId ?? "" });
  const stored = storableScopes(scopes, held.rights, folders);
  await requireGiving(tx, scope, holder, stored);
  return stored;
}

/** Whoever gets a token in hand can do what it can. One's own tokens, made by oneself and not by another token, are as wide as oneself. */
export async function requireGiving(tx: Tx, scope: Scope, holder: Holder, scopes: readonly string[]): Promise<void> {
  const isOneself = scope.actor.type === "user" && holder.userId !== null && holder.userId === scope.userId;
  if (!isOneself) refuseWiderScopes(scopes, scope.rights, await FolderPlaces.of(tx));
}

async function holderOf(tx: Tx, scope: Scope, serviceAccountId: string | undefined): Promise<Holder> {
  if (serviceAccountId === undefined) return holderIn(tx, scope);
  scope.require("member:write");
  return { userId: null, serviceAccountId };
}

/** One's own, or any for those who keep the workspace. */
async function findOwn(tx: Tx, scope: Scope, id: string): Promise<ApiToken> {
  const token = await tx.apiToken.findFirst({ where: { id, revokedAt: null, kind: "token" } });
  const isOthers = token !== null && (token.userId === null || token.userId !== scope.userId);
  if (!token || (isOthers && !scope.can("settings:write"))) throw new DomainError("not_found", { what: "token", id });
  return token;
}

type NewToken = Pick<ApiToken, "name" | "scopes" | "expiresAt" | "allowedAddresses" | "userId" | "serviceAccountId">;

async function insert(tx: Tx, scope: Scope, token: NewToken): Promise<CreatedToken> {
  const { text, shown, hash } = freshSecret(TOKEN_PREFIX);
  const row = await tx.apiToken.create({ data: { ...token, id: newId(), workspaceId: scope.workspaceId, prefix: shown, tokenHash: hash, madeById: makerIn(scope) }, include: WITH_HOLDER });
  const [view] = await toViews(tx, scope, [row]);
  return { ...view!, token: text };
}

async function toViews(tx: Tx, scope: Scope, rows: readonly TokenRow[]): Promise<TokenView[]> {
  const folders = await FolderPlaces.of(tx);
  const owners = await tx.user.findMany({ where: { id: { in: rows.flatMap(({ userId }) => userId ?? []) } }, select: { id: true, name: true, email: true } });
  const most = await mostDays(tx, scope);
  const names = new Map(owners.map(({ id, name, email }) => [id, name ?? email]));
  return rows.map(({ id, name, prefix, scopes, userId, serviceAccount, allowedAddresses, createdAt, expiresAt, lastUsedAt, lastUsedIp }) => ({
    id,
    name,
    prefix,
    scopes: shownScopes(scopes, folders),
    owner: userId === null ? null : { id: userId, name: names.get(userId) ?? "former member" },
    serviceAccount: serviceAccount && { id: serviceAccount.id, name: serviceAccount.name, disabled: serviceAccount.disabledAt !== null },
    allowedAddresses,
    createdAt: createdAt.toISOString(),
    expiresAt: endOfToken({ createdAt, expiresAt }, most)?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    lastUsedIp,
  }));
}
