"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { isBranch } from "./path-text";
import { prettyJson, scalarText } from "./print-value";
import type { ValueTable } from "./table-of";
import { toneOf } from "./tree-row";

const ROWS_AT_ONCE = 100;
const CELL_CHARACTERS = 200;

/** A list of objects, a row each. Searching keeps the rows that say what was looked for. */
export function TableOfRows({ table, query, firstIndex = 0, label }: { table: ValueTable; query: string; firstIndex?: number; label: string }) {
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const wanted = query.trim().toLowerCase();
  const numbered = table.rows.map((row, index) => ({ row, index: index + firstIndex }));
  const rows = wanted === "" ? numbered : numbered.filter(({ row }) => Object.values(row).some((cell) => cellText(cell).toLowerCase().includes(wanted)));
  return (
    <div className="flex flex-col gap-2">
      <table className="w-full border-collapse text-left font-mono text-xs" aria-label={label}>
        <thead>
          <tr className="sticky top-0 bg-muted">
            <th scope="col" className="px-2 py-1 font-normal text-muted-foreground">#</th>
            {table.columns.map((name) => (
              <th key={name} scope="col" className="px-2 py-1 font-medium whitespace-nowrap">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ row, index }) => (
            <tr key={index} className="border-t align-top hover:bg-muted/60">
              <td className="px-2 py-1 text-muted-foreground tabular-nums">{index}</td>
              {table.columns.map((name) => (
                <Cell key={name} value={row[name]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className="px-2 py-1 text-xs text-muted-foreground">No row says that.</p> : null}
      {rows.length > shown ? (
        <Button variant="link" size="sm" className="self-start" onClick={() => setShown(shown + ROWS_AT_ONCE)}>
          Show {Math.min(ROWS_AT_ONCE, rows.length - shown)} more of {rows.length} rows
        </Button>
      ) : null}
    </div>
  );
}

function Cell({ value }: { value: unknown }) {
  if (value === undefined) return <td className="px-2 py-1" />;
  const text = cellText(value);
  const isCut = text.length > CELL_CHARACTERS;
  return (
    <td className={cn("max-w-64 px-2 py-1 break-words", isBranch(value) ? "text-muted-foreground" : toneOf(value), typeof value === "number" && "text-right tabular-nums")} title={isCut ? text.slice(0, 2_000) : undefined}>
      {isCut ? `${text.slice(0, CELL_CHARACTERS)}…` : text}
    </td>
  );
}

function cellText(value: unknown): string {
  return isBranch(value) ? prettyJson(value).replace(/\s+/g, " ") : scalarText(value);
}
