import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { makerIn } from "@/server/auth/acting/starter";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { FolderPlaces, freshSecret, refuseNoNetworks, requireGiving, scopesFor, shownScopes } from "@/server/tokens/service";
import { CLIENT_SECRET_PREFIX, type ApplicationView, type createApplicationInput, type createdApplicationSchema, type rotateSecretInput } from "./contract";
import type { Context } from "./service-accounts";

const HOUR_MS = 3_600_000;
const WITH_PARTS = { serviceAccount: true, secrets: { orderBy: { createdAt: "desc" } } } satisfies Prisma.OauthClientInclude;
type Row = Prisma.OauthClientGetPayload<{ include: typeof WITH_PARTS }>;
type Created = z.output<typeof createdApplicationSchema>;

export async function listApplications({ scope }: Context): Promise<ApplicationView[]> {
  return scope.db.transaction(async (tx) => {
    const folders = await FolderPlaces.of(tx);
    return (await tx.oauthClient.findMany({ include: WITH_PARTS, orderBy: { name: "asc" } })).map((row) => toView(row, folders));
  });
}

export async function createApplication({ scope, requireProof }: Context, input: z.output<typeof createApplicationInput>): Promise<Created> {
  const { name, serviceAccountId, scopes, allowedAddresses = [], tokenSeconds, refreshDays } = input;
  refuseNoNetworks("allowedAddresses", allowedAddresses);
  return scope.db.transaction(async (tx) => {
    const id = newId();
    const stored = await scopesFor(tx, scope, { userId: null, serviceAccountId }, scopes);
    // A secret has no end.
    await requireProof?.();
    await tx.oauthClient.create({ data: { id, workspaceId: scope.workspaceId, serviceAccountId, name, scopes: stored, allowedAddresses, tokenSeconds, refreshDays, createdById: scope.userId } });
    const secret = await addSecret(tx, scope, id);
    await recordAudit(tx, scope, { action: "application.created", resource: { type: "application", id, name }, after: { serviceAccountId, scopes: stored, allowedAddresses, tokenSeconds, refreshDays } });
    return { ...toView(await find(tx, id), await FolderPlaces.of(tx)), secret };
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "application", name, field: "name" }, { cause: error }) : error;
  });
}

/** A second secret; those before it end after the overlap. */
export async function rotateSecret({ scope, requireProof }: Context, { applicationId: id, overlapHours }: z.output<typeof rotateSecretInput>): Promise<Created> {
  return scope.db.transaction(async (tx) => {
    const { name, serviceAccountId, scopes } = await find(tx, id);
    // With the secret in hand one can do what the application can.
    await requireGiving(tx, scope, { userId: null, serviceAccountId }, scopes);
    await requireProof?.();
    const until = new Date(Date.now() + overlapHours * HOUR_MS);
    await tx.oauthClientSecret.deleteMany({ where: { clientId: id, expiresAt: { lte: new Date() } } });
    await tx.oauthClientSecret.updateMany({ where: { clientId: id, OR: [{ expiresAt: null }, { expiresAt: { gt: until } }] }, data: { expiresAt: until } });
    const secret = await addSecret(tx, scope, id);
    await recordAudit(tx, scope, { action: "application.secret_rotated", resource: { type: "application", id, name }, after: { oldEndsAt: until } });
    return { ...toView(await find(tx, id), await FolderPlaces.of(tx)), secret };
  });
}

/** Its tokens end with it, and the links that were made with them. */
export async function removeApplication({ scope }: Context, { applicationId: id }: { applicationId: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    // It fetches no token meanwhile.
    await tx.$queryRaw`select 1 from oauth_client where id = ${id}::uuid for update`;
    const { name } = await find(tx, id);
    const tokens = await tx.apiToken.findMany({ where: { clientId: id }, select: { id: true } });
    const madeByTokenId = { in: tokens.map((token) => token.id) };
    await tx.shareLink.updateMany({ where: { madeByTokenId, revokedAt: null }, data: { revokedAt: new Date() } });
    await tx.waitLink.updateMany({ where: { madeByTokenId, usedAt: null }, data: { expiresAt: new Date() } });
    await tx.oauthClient.delete({ where: { id } });
    await recordAudit(tx, scope, { action: "application.deleted", resource: { type: "application", id, name } });
  });
}

async function addSecret(tx: Tx, scope: Scope, clientId: string): Promise<string> {
  const { workspaceId } = scope;
  const { text, shown, hash } = freshSecret(CLIENT_SECRET_PREFIX);
  await tx.oauthClientSecret.create({ data: { id: newId(), workspaceId, clientId, prefix: shown, secretHash: hash, madeById: makerIn(scope) } });
  return text;
}

async function find(tx: Tx, id: string): Promise<Row> {
  const row = await tx.oauthClient.findFirst({ where: { id }, include: WITH_PARTS });
  if (row === null) throw new DomainError("not_found", { what: "application", id });
  return row;
}

function toView(row: Row, folders: FolderPlaces): ApplicationView {
  const { id, name, serviceAccount, scopes, allowedAddresses, tokenSeconds, refreshDays, createdAt, secrets } = row;
  return {
    id,
    name,
    serviceAccount: { id: serviceAccount.id, name: serviceAccount.name, disabled: serviceAccount.disabledAt !== null },
    scopes: shownScopes(scopes, folders),
    allowedAddresses,
    tokenSeconds,
    refreshDays,
    createdAt: createdAt.toISOString(),
    secrets: secrets
      .filter(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > Date.now())
      .map((secret) => ({ id: secret.id, prefix: secret.prefix, createdAt: secret.createdAt.toISOString(), expiresAt: secret.expiresAt?.toISOString() ?? null, lastUsedAt: secret.lastUsedAt?.toISOString() ?? null })),
  };
}
