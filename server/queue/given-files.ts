import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import type { GivenFile } from "@/server/engine/ports";
import { blobIdsIn, filesGiven } from "@/server/expressions/blob-ids";

const notThere = (field: string) => new DomainError("invalid_input", { field, reason: "names a file that is not there" });

/**
 * A run reads what it was given. So nobody gives a file that they may not read themselves: to name one is not to have it. `texts` are
 * values as they are stored. Answers what they give.
 */
export async function requireReadableFiles(scope: Pick<Scope, "reach">, field: string, ...texts: readonly string[]): Promise<GivenFile[]> {
  const ids = [...new Set(texts.flatMap(blobIdsIn))];
  if (ids.length === 0) return [];
  const reader = scope.reach("run:read");
  const readable = reader === null ? 0 : await reader.db.blob.count({ where: { id: { in: ids } } });
  if (readable < ids.length) throw notThere(field);
  return filesGiven("checked", ...texts);
}

/** For those who have a link and nothing else. */
export function refuseFiles(field: string, text: string): void {
  if (blobIdsIn(text).length > 0) throw notThere(field);
}
