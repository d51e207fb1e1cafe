import { DatabaseError } from "pg";

/** Classes of SQLSTATE that tell of the server or the connection, not of the statement: 08 connection, 53 resources, 57 shutdown, 58 system; 40 conflict. */
const PASSING = /^(08|40|53|57|58)/;

/** The database is away, restarting or overloaded, or two transactions collided: the same statement may succeed later. */
export function isConnectionProblem(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === undefined || PASSING.test(error.code);
  return error instanceof Error;
}
