/** Prisma's and PostgreSQL's code for: there is a row with this key already. */
const CODES = ["P2002", "23505"];

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && CODES.includes(String(error.code));
}
