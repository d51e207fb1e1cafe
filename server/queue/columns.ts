/** A value of a column of rows that are sent as one array per column. */
export type Cell = string | number | boolean | null;

/**
 * Collects rows by column for `unnest`: one parameter per column, whatever the number of rows, so that a statement has one
 * text and one plan.
 */
export class Columns<Row> {
  constructor(private readonly spec: readonly (readonly [name: string, type: string, read: (row: Row) => Cell])[]) {}

  get size(): number {
    return this.spec.length;
  }

  get names(): string {
    return this.spec.map(([name]) => name).join(", ");
  }

  /** `unnest($3::uuid[], $4::text[]) AS alias(run_id, path)`; `from` is the first parameter's number. */
  unnest(alias: string, from: number): string {
    const arrays = this.spec.map(([, type], index) => `$${from + index}::${type}[]`);
    return `unnest(${arrays.join(", ")}) AS ${alias}(${this.names})`;
  }

  /** The same with the row's number, from 1, as column `ord`. */
  unnestOrdered(alias: string, from: number): string {
    const arrays = this.spec.map(([, type], index) => `$${from + index}::${type}[]`);
    return `unnest(${arrays.join(", ")}) WITH ORDINALITY AS ${alias}(${this.names}, ord)`;
  }

  values(rows: readonly Row[]): Cell[][] {
    return this.spec.map(([, , read]) => rows.map(read));
  }
}

/** For what pages and the engine read; values of steps have an encoding of their own. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}
