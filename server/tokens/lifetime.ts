import type { ApiToken } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";

export const DAY_MS = 86_400_000;

/** How many days a token of the scope's organization lives at most; null: as long as it says. */
export async function mostDays(tx: Tx, { organizationId }: Scope): Promise<number | null> {
  return (await tx.organization.findFirst({ where: { id: organizationId }, select: { tokenMaxDays: true } }))?.tokenMaxDays ?? null;
}

/** When it ends: what it says, or earlier, as the organization says now. */
export function endOfToken({ createdAt, expiresAt }: Pick<ApiToken, "createdAt" | "expiresAt">, most: number | null): Date | null {
  const latest = most === null ? null : new Date(createdAt.getTime() + most * DAY_MS);
  if (latest === null || expiresAt === null) return latest ?? expiresAt;
  return expiresAt < latest ? expiresAt : latest;
}

/** Whether a token that somebody made is worth nothing any more. What an application fetched it fetches anew each hour: of that only that it was revoked counts. */
export function hasEnded(scope: Scope, id: string): Promise<boolean> {
  return scope.db.transaction(async (tx) => {
    const token = await tx.apiToken.findFirst({ where: { id }, select: { kind: true, createdAt: true, expiresAt: true, revokedAt: true } });
    if (token === null) return false;
    const end = token.kind === "token" ? endOfToken(token, await mostDays(tx, scope)) : null;
    return token.revokedAt !== null || (end !== null && end.getTime() <= Date.now());
  });
}
