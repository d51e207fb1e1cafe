"use client";

import { Download, Search } from "lucide-react";
import { useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { formatSize } from "@/components/time/format";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";
import { Segments } from "@/components/ui/segments";
import { cn } from "@/components/ui/class-names";
import { JsonTree } from "./json-tree";
import { MarkedText } from "./marked-text";
import { memberText, valueAt, type ValuePath } from "./path-text";
import { copyText, prettyJson } from "./print-value";
import { searchValue } from "./search-value";
import { tableOf, tablesIn } from "./table-of";
import { TableOfRows } from "./value-table";

export type ValueLook = "tree" | "table" | "raw";

const LOOKS: Readonly<Record<ValueLook, string>> = { tree: "Tree", table: "Table", raw: "Raw" };

export interface ValueFrameProps {
  label: string;
  size: number | null;
  looks: readonly ValueLook[];
  look: ValueLook;
  onLook: (look: ValueLook) => void;
  query: string;
  onQuery: (query: string) => void;
  /** What the search covers or found. */
  found: string | null;
  copy?: () => string;
  download?: string;
  /** Further things to do with the value. */
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** What stands around a value, whichever way it is shown. */
export function ValueFrame({ label, size, looks, look, onLook, query, onQuery, found, copy, download, actions, className, children }: ValueFrameProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-1">
        {looks.length > 1 ? (
          <Segments label={`How ${label.toLowerCase()} is shown`} value={look} onChange={onLook} options={looks.map((name) => ({ value: name, label: LOOKS[name] }))} />
        ) : null}
        <span className="relative">
          <Search aria-hidden className="absolute top-1.5 left-2 size-3.5 text-muted-foreground" />
          <Input aria-label={`Search in ${label.toLowerCase()}`} placeholder="Search" value={query} onChange={(event) => onQuery(event.target.value)} className="h-7 w-32 pl-7 text-xs max-sm:text-xs" />
        </span>
        {copy === undefined ? null : <CopyButton text={() => Promise.resolve(copy())} label={`Copy ${label.toLowerCase()}`} />}
        {download === undefined ? null : (
          <Button asChild variant="ghost" size="icon-sm">
            <a href={download} download aria-label={`Download ${label.toLowerCase()}`} title={`Download ${label.toLowerCase()}`}>
              <Download aria-hidden />
            </a>
          </Button>
        )}
        {actions}
        <span className="ml-auto text-xs text-muted-foreground tabular-nums" role="status">
          {found ?? (size === null ? "" : formatSize(size))}
        </span>
      </div>
      <div className={cn("max-h-[28rem] overflow-auto rounded-md border bg-muted/40 p-2", className)} tabIndex={0} role="group" aria-label={label}>
        {children}
      </div>
    </div>
  );
}

export interface ValuePanelProps {
  value: unknown;
  label: string;
  size?: number | null;
  /** What the value is called in expressions: `steps.fetch.output`. */
  rootText?: string;
  download?: string;
  actions?: ReactNode;
  className?: string;
}

/** A value that is there as a whole: as a tree, as tables where it holds lists of objects, and as text. */
export function ValuePanel({ value, label, size = null, rootText, download, actions, className }: ValuePanelProps) {
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query);
  const tables = useMemo(() => tablesIn(value), [value]);
  const [chosen, setChosen] = useState<ValueLook | null>(null);
  const look = chosen ?? (tables[0]?.length === 0 ? "table" : "tree");
  const matches = useMemo(() => (wanted.trim() === "" ? null : searchValue(value, wanted)), [value, wanted]);
  const raw = useMemo(() => (look === "raw" ? (typeof value === "string" ? value : prettyJson(value)) : ""), [look, value]);
  return (
    <ValueFrame
      label={label}
      size={size}
      looks={tables.length > 0 ? ["tree", "table", "raw"] : ["tree", "raw"]}
      look={look}
      onLook={setChosen}
      query={query}
      onQuery={setQuery}
      found={matches === null ? null : `${matches.hits.size} found`}
      copy={() => copyText(value)}
      download={download}
      actions={actions}
      className={className}
    >
      {look === "raw" ? <MarkedText text={raw} query={wanted} /> : null}
      {look === "tree" ? matches?.hits.size === 0 ? <p className="text-xs text-muted-foreground">Nothing in it says that.</p> : <JsonTree value={value} rootText={rootText} matches={matches} /> : null}
      {look === "table" ? <Tables value={value} tables={tables} query={wanted} rootText={rootText ?? ""} label={label} /> : null}
    </ValueFrame>
  );
}

function Tables({ value, tables, query, rootText, label }: { value: unknown; tables: readonly ValuePath[]; query: string; rootText: string; label: string }) {
  const [place, setPlace] = useState(0);
  const path = tables[place] ?? tables[0] ?? [];
  const table = tableOf(valueAt(value, path));
  const nameOf = (way: ValuePath) => `${rootText}${memberText(way)}` || "the whole value";
  return (
    <div className="flex flex-col gap-2">
      {tables.length > 1 || path.length > 0 ? (
        <div className="flex flex-wrap gap-1" role="group" aria-label="Which list">
          {tables.map((way, index) => (
            <button key={index} type="button" aria-pressed={way === path} onClick={() => setPlace(index)} className={cn("rounded-sm border px-1.5 py-0.5 font-mono text-2xs", way === path ? "border-primary text-primary" : "text-muted-foreground")}>
              {nameOf(way)}
            </button>
          ))}
        </div>
      ) : null}
      {table === null ? null : <TableOfRows key={place} table={table} query={query} label={`${label} as a table`} />}
    </div>
  );
}
