import type { Environment } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

export type { Environment };

/** In the order of promotion; the last one is live. Empty: the workspace has none. */
export function findEnvironments(tx: Tx): Promise<Environment[]> {
  return tx.environment.findMany({ where: { deletedAt: null }, orderBy: [{ position: "asc" }, { id: "asc" }] });
}

/** By id or name for programs; throws the same for a foreign one as for a missing one. */
export async function findEnvironment(tx: Tx, ref: string): Promise<Environment> {
  const found = (await findEnvironments(tx)).find(({ id, slug }) => id === ref || slug === ref);
  if (found === undefined) throw new DomainError("not_found", { what: "environment", id: ref });
  return found;
}

/** Until the transaction ends nobody adds, orders or removes environments. */
export async function lockEnvironments(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`environments ${workspaceId}`}, 0))::text`;
}

/** Until the transaction ends none of them is removed; they may still be deployed to. */
export async function holdEnvironments(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`select pg_advisory_xact_lock_shared(hashtextextended(${`environments ${workspaceId}`}, 0))::text`;
}

/** Null: the workspace has no environments. */
export async function findLiveEnvironment(tx: Tx): Promise<Environment | null> {
  return (await findEnvironments(tx)).at(-1) ?? null;
}
