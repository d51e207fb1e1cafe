import { DatabaseError } from "pg";
import { StoreRefusedError, UnstorableError } from "@/server/engine/ports";
import { isOutdated } from "@/server/db/kept-statements";
import { isOwn } from "@/server/db/own-errors";
import { isDatabaseUnavailable } from "@/server/db/unavailable";

/**
 * SQLSTATEs that tell of the server or the connection, not of the statement: 08 connection, 53 resources, 57 shutdown,
 * 58 system; 40 conflict; 25006 a server that only reads (a failover); 55P03 a lock that was not to be had in time.
 */
const PASSING = /^(08|40|53|57|58|25006|55P03)/;
const LOCKED = "55P03";
/** 21 a row twice, 22 a value, 23 a constraint, 54 a limit, XX what no one foresaw (a value too large for memory). */
const OF_THE_DATA = /^(21|22|23|54|XX)/;

/** The database is away, restarting or overloaded, two transactions collided, or a migration came between: the same statement may succeed later. */
export function isConnectionProblem(error: unknown): boolean {
  if (error instanceof DatabaseError && isOwn(error)) return error.code === undefined || PASSING.test(error.code) || isOutdated(error);
  return isDatabaseUnavailable(error);
}

/** Somebody else holds what the statement needs, for longer than it may wait; or it took too long for some other reason. */
export function isBusy(error: unknown): boolean {
  return error instanceof DatabaseError && isOwn(error) && (error.code === LOCKED || error.code === "57014");
}

/** What was to be stored is at fault: it will be refused however often it is sent. */
export function isDataProblem(error: unknown): boolean {
  if (error instanceof DatabaseError && isOwn(error)) return OF_THE_DATA.test(error.code ?? "");
  // The statement's values could not even be written down.
  return error instanceof TypeError || error instanceof RangeError;
}

/** What is neither is nobody's fault who runs here: a missing right, a missing column; or a table that is held, by an index that is built, for longer than one waits. */
export function toRefusal(error: unknown): unknown {
  if (isBusy(error)) return new StoreRefusedError((error as Error).message, { cause: error, isPassing: (error as DatabaseError).code === LOCKED });
  if (error instanceof StoreRefusedError || error instanceof UnstorableError || isConnectionProblem(error) || isDataProblem(error)) return error;
  return new StoreRefusedError(error instanceof Error ? error.message : String(error), { cause: error });
}
