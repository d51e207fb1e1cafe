import type { z } from "zod";
import { DomainError } from "@/server/errors/domain-error";
import type { checkBatchFields, RowProblem } from "./contract";
import { cellValue, inputFields, type InputField } from "./input-fields";
import { readCsv, type CsvRow, type CsvTable } from "./read-csv";

/** An input that is to become a run, and where it stands in what was given. */
export interface BatchRow {
  row: number;
  line: number | null;
  input: unknown;
  /** Of the row itself, before the input is looked at. */
  problem: RowProblem | null;
}

export interface BatchRows {
  rows: BatchRow[];
  columns: string[];
  /** Columns by field. */
  mapping: Record<string, string>;
}

type Given = Pick<z.output<typeof checkBatchFields>, "inputs" | "csv">;

export function readRows({ inputs, csv }: Given, schema: unknown): BatchRows {
  if (csv === undefined) return { rows: (inputs ?? []).map((input, index) => ({ row: index + 1, line: null, input, problem: null })), columns: [], mapping: {} };
  const table = readCsv(csv.text, csv.delimiter);
  const known = inputFields(schema);
  const mapping = csv.mapping ?? likelyMapping(table.columns, known);
  const fields = new Map(known.map((field) => [field.name, field]));
  const places = Object.entries(mapping).map(([field, column]) => place(table, field, column, fields.get(field)));
  return {
    rows: table.rows.map((row, index) => toRow(row, index + 1, table.columns.length, places)),
    columns: table.columns,
    mapping,
  };
}

function likelyMapping(columns: readonly string[], fields: readonly InputField[]): Record<string, string> {
  const taken = new Set(columns);
  const sameName = (name: string) => fields.find((field) => plain(field.name) === plain(name) && (field.name === name || !taken.has(field.name)))?.name;
  const mapping = new Map<string, string>();
  for (const name of columns) {
    const field = sameName(name) ?? name;
    mapping.set(mapping.has(field) ? name : field, name);
  }
  return Object.fromEntries(mapping);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

interface Place {
  field: string;
  index: number;
  types: readonly string[];
}

function place({ columns }: CsvTable, field: string, column: string, known: InputField | undefined): Place {
  const index = columns.indexOf(column);
  if (index === -1) throw new DomainError("invalid_input", { field: `csv.mapping.${field}`, reason: `names the column ${JSON.stringify(column)}, which the file does not have` });
  return { field, index, types: known?.types ?? [] };
}

function toRow({ line, cells }: CsvRow, row: number, width: number, places: readonly Place[]): BatchRow {
  if (cells.length !== width) {
    return { row, line, input: null, problem: { row, line, field: "", reason: `has ${cells.length} ${cells.length === 1 ? "cell" : "cells"}, the header has ${width}` } };
  }
  const entries = places.map(({ field, index, types }) => [field, cellValue(cells[index] ?? "", types)] as const);
  return { row, line, input: Object.fromEntries(entries.filter(([, value]) => value !== undefined)), problem: null };
}
