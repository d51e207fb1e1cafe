import { Prisma } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import { COUNTED_BY_TEXT, idsByText } from "./run-chart";
import { allConditions, hasTextIndex, patternOf, type RunFilter } from "./run-conditions";

/** How many runs fit. `isMore`: at least one more than that. */
export function countRuns({ scope }: { scope: Scope }, filter: RunFilter, limit: number): Promise<{ count: number; isMore: boolean }> {
  return scope.db.transaction(async (tx) => {
    const isByText = patternOf(filter) !== null && (await hasTextIndex(tx));
    const ids = isByText ? await idsByText(tx, scope.workspaceId, filter) : null;
    const among = ids === null ? Prisma.empty : Prisma.sql`r.id = any(${ids}::uuid[]) and`;
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      select count(*)::int as count from (select 1 from run r where ${among} ${allConditions(scope.workspaceId, filter)} limit ${limit + 1}) fitting`;
    const count = row?.count ?? 0;
    return { count: Math.min(count, limit), isMore: count > limit || (ids !== null && ids.length >= COUNTED_BY_TEXT) };
  });
}
