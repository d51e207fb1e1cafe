import { setImmediate } from "node:timers/promises";
import { DomainError } from "@/server/errors/domain-error";
import { encodeGiven } from "@/server/queue/given-values";
import { validateAgainst } from "@/server/schema/validate-json";
import type { RowProblem } from "./contract";
import type { BatchRow } from "./rows";

/** After so many rows others have their turn. */
const ROWS_PER_TURN = 200;

/** What keeps rows from becoming runs, in their order; a row may have several. */
export async function findProblems(rows: readonly BatchRow[], schema: unknown): Promise<RowProblem[]> {
  const problems: RowProblem[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await setImmediate();
    problems.push(...problemsOf(row, schema));
  }
  return problems;
}

function problemsOf({ row, line, input, problem }: BatchRow, schema: unknown): RowProblem[] {
  if (problem !== null) return [problem];
  const wrong = validateAgainst(schema, input).map(({ path, message }) => ({ row, line, field: `input${path}`, reason: message }));
  if (wrong.length > 0) return wrong;
  try {
    encodeGiven("input", input);
    return [];
  } catch (error) {
    if (!DomainError.is(error, "invalid_input")) throw error;
    return [{ row, line, field: error.data.field, reason: error.data.reason }];
  }
}

export function badRowsOf(problems: readonly RowProblem[]): ReadonlySet<number> {
  return new Set(problems.map(({ row }) => row));
}
