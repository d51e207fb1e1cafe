/** Codes of Node's sockets, of PostgreSQL and of Prisma that say: the database is not there just now. */
const CODES = new Set([
  "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "EAI_AGAIN",
  "57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08006",
  "P1001", "P1002", "P1008", "P1017", "P2024",
]);
const MESSAGES = /Connection terminated|is not queryable|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection/i;

/** Sockets of others have the same codes: of the blob store, of what is asked by HTTP, of Amazon's services, of mail servers (`command`). */
function isOfOthers(error: Error): boolean {
  return error.name === "BlobStoreUnavailable" || error.message === "fetch failed" || "$metadata" in error || "command" in error;
}

/** Whether an error, or what caused it, means that the database cannot be reached; a later try may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (isOfOthers(cause)) return false;
    const { code } = cause as Error & { code?: unknown };
    if (typeof code === "string" && CODES.has(code)) return true;
    if (MESSAGES.test(cause.message)) return true;
    if (cause instanceof AggregateError && cause.errors.some(isDatabaseUnavailable)) return true;
  }
  return false;
}
