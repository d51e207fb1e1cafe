import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

interface Stored {
  id: string;
  hash: string;
  definition: Record<string, unknown>;
}

/** Versions of blocks, for whoever has access to parts of the workspace only, too. */
export async function findStored(tx: Tx, ids: readonly string[]): Promise<Map<string, Stored>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<Stored[]>`select id::text as id, hash, definition from block_versions(${ids}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row]));
}

export async function readStored(tx: Tx, { module, version, versionId }: { module: string; version: number; versionId: string }): Promise<Stored> {
  const stored = (await findStored(tx, [versionId])).get(versionId);
  if (stored === undefined) throw new DomainError("not_found", { what: "version of the block", id: `${module}@${version}` });
  return stored;
}
