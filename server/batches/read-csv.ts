import { CsvError, parse } from "csv-parse/sync";
import { DomainError } from "@/server/errors/domain-error";

export interface CsvTable {
  columns: string[];
  rows: CsvRow[];
}
export interface CsvRow {
  line: number;
  cells: string[];
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** A file with a header line. Quoted cells may hold line ends; rows with too few or too many cells are left for the caller to judge. */
export function readCsv(text: string, delimiter = likelyDelimiter(text)): CsvTable {
  const [header, ...rows] = parseRows(text, delimiter);
  if (header === undefined) throw new DomainError("invalid_input", { field: "csv.text", reason: "is empty: the first line must name the columns" });
  const columns = header.cells.map((name) => name.trim());
  columns.forEach((name, index) => {
    if (name === "") throw new DomainError("invalid_input", { field: "csv.text", reason: `has no name for column ${index + 1} (line ${header.line})` });
    if (columns.indexOf(name) !== index) throw new DomainError("invalid_input", { field: "csv.text", reason: `names two columns ${JSON.stringify(name)} (line ${header.line})` });
  });
  return { columns, rows };
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

function parseRows(text: string, delimiter: string): CsvRow[] {
  try {
    const parsed = parse(text, { bom: true, info: true, delimiter, relax_column_count: true, skip_empty_lines: true }) as unknown as Parsed[];
    return parsed.map(({ record, info }) => ({ line: info.lines - lineEndsIn(record), cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DomainError("invalid_input", { field: "csv.text", reason: `cannot be read: ${error.message}` }, { cause: error });
  }
}

/** The parser tells the line that a row ends on. */
function lineEndsIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
}

function likelyDelimiter(text: string): string {
  const header = /^[^\r\n]*/.exec(text.replace(/^\uFEFF?[\r\n]*/, ""))?.[0] ?? "";
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce<string>((best, one) => (count(one) > count(best) ? one : best), ",");
}
