import { isOwn } from "./own-errors";

/** Codes of Node's sockets, of PostgreSQL and of Prisma that say: the database is not there just now. */
const CODES = new Set<unknown>([
  "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "EAI_AGAIN",
  "57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08006",
  "P1001", "P1002", "P1008", "P1017", "P2024",
]);
/** How Prisma's driver calls it, below its own codes. */
const KINDS = new Set<unknown>(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"]);
const MESSAGES =
  /Connection terminated|is not queryable|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection|Unable to start a transaction in the given time|Query read timeout/i;

interface Told extends Error {
  code?: unknown;
  meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } };
}

function tellsOfIt({ code, message, meta }: Told): boolean {
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {};
  return CODES.has(code) || CODES.has(originalCode) || KINDS.has(kind) || MESSAGES.test(message);
}

/** Whether an error of our own connections, or what caused it, means that the database cannot be reached; a later try may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (isOwn(cause) && tellsOfIt(cause)) return true;
    if (cause instanceof AggregateError && cause.errors.some(isDatabaseUnavailable)) return true;
  }
  return false;
}
