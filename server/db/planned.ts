import { createHash } from "node:crypto";
import { Prisma } from "@/prisma/generated/client";

const MARK = "/* planned */";

/**
 * At the very beginning of a statement that many requests make: each connection keeps its plan, which for a few rows takes longer to make than to
 * carry out. For texts that do not vary; what a plan depends on (a limit) is written into them.
 */
export const planned = Prisma.raw(MARK);

/** A number of ours as part of a planned text. */
export const written = (number: number): Prisma.Sql => Prisma.raw(String(Math.trunc(number)));

const NAMES_MAX = 50;
const names = new Map<string, string>();

/** Under which name a connection keeps the statement; none: it is planned each time. */
export function statementName({ sql }: { sql: string }): string {
  if (!sql.startsWith(MARK)) return "";
  const known = names.get(sql);
  if (known !== undefined || names.size >= NAMES_MAX) return known ?? "";
  const name = `p${createHash("sha1").update(sql).digest("hex")}`;
  names.set(sql, name);
  return name;
}
