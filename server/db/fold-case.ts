import { Prisma } from "@/prisma/generated/client";
import { plainText } from "./plain-text";
import type { Tx } from "./scoped";

/** Beyond ASCII the database's own comparison may know no upper and lower case. */
export function isBeyondAscii(text: string): boolean {
  return /[^\x00-\x7f]/.test(text);
}

/** The column is like the pattern, whatever the case of either and the database's locale. */
export function fits(column: Prisma.Sql, pattern: string): Prisma.Sql {
  return isBeyondAscii(pattern) ? Prisma.sql`fold_case(${column}) like fold_case(${pattern})` : Prisma.sql`${column} ilike ${pattern}`;
}

/** The column holds the text, in the same sense. */
export function holdsText(column: Prisma.Sql, text: string): Prisma.Sql {
  return fits(column, `%${plainText(text)}%`);
}

/** More spellings than anybody looks for. */
const MAX_SPELLINGS = 2_000;
const IDENTIFIER = /^[a-z_]+$/;

export type Holding = { contains: string; mode: "insensitive" } | { in: string[] };

/**
 * The same as a filter of Prisma's for a column. It knows no functions, so beyond ASCII the spellings that are there are asked for first,
 * `among` those rows.
 */
export async function holding(tx: Pick<Tx, "$queryRaw">, table: string, column: string, text: string, among: Prisma.Sql = Prisma.sql`true`): Promise<Holding> {
  if (!isBeyondAscii(text)) return { contains: plainText(text), mode: "insensitive" };
  if (!IDENTIFIER.test(table) || !IDENTIFIER.test(column)) throw new TypeError(`${table}.${column} is no column`);
  const name = Prisma.raw(`"${column}"`);
  const rows = await tx.$queryRaw<{ spelling: string }[]>`select distinct ${name} as spelling from ${Prisma.raw(`"${table}"`)} where ${among} and ${holdsText(name, text)} order by 1 limit ${MAX_SPELLINGS}`;
  return { in: rows.map(({ spelling }) => spelling) };
}
