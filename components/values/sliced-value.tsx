"use client";

import { useState, type KeyboardEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPCClient } from "@/components/data/trpc";
import { formatSize } from "@/components/time/format";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { decodeValue } from "@/server/expressions/decoding";
import type { RunSlice } from "@/server/runs/contract";
import { isBranch, memberText, pointerOf, type ValuePath } from "./path-text";
import { copyText } from "./print-value";
import { SlicedRaw } from "./sliced-raw";
import { StepPager } from "./slice-pager";
import { tableOf } from "./table-of";
import { RowTools, Scalar, TreeRow } from "./tree-row";
import { SLICE_MEMBERS, useSlice, type ValueRef } from "./use-value";
import { ValueFrame, type ValueLook } from "./value-panel";
import { TableOfRows } from "./value-table";
import { walkTree } from "./walk-tree";

export interface SlicedValueProps {
  stored: ValueRef;
  version: string;
  label: string;
  size: number;
  rootText?: string;
  download: string;
}

type Item = RunSlice["items"][number];

/** A value too large to be loaded whole: the server tells the members that are looked at. */
export function SlicedValue({ stored, version, label, size, rootText, download }: SlicedValueProps) {
  const [look, setLook] = useState<ValueLook>("tree");
  const [query, setQuery] = useState("");
  const root = useSlice(stored, version, "", 0);
  const looks: ValueLook[] = root.data?.type === "array" ? ["tree", "table", "raw"] : ["tree", "raw"];
  return (
    <ValueFrame
      label={label}
      size={size}
      looks={looks}
      look={look}
      onLook={setLook}
      query={query}
      onQuery={setQuery}
      found={query.trim() === "" || look === "raw" ? `${formatSize(size)}, in slices` : "Searches what is shown"}
      download={download}
      actions={query.trim() === "" || look === "raw" ? null : <Button size="sm" variant="ghost" className="h-7" onClick={() => setLook("raw")}>Search all of it</Button>}
    >
      {look === "raw" ? (
        <SlicedRaw stored={stored} version={version} query={query} />
      ) : look === "table" ? (
        <SlicedTable stored={stored} version={version} query={query} label={label} />
      ) : (
        <div className="overflow-x-auto font-mono text-xs leading-5" onKeyDown={(event: KeyboardEvent<HTMLElement>) => walkTree(event)}>
          <Members stored={stored} version={version} path={[]} storedPath={[]} rootText={rootText ?? ""} query={query.trim().toLowerCase()} />
        </div>
      )}
    </ValueFrame>
  );
}

interface PlaceProps {
  stored: ValueRef;
  version: string;
  path: ValuePath;
  /** The same in the stored text, where names that begin with `$` have one more. */
  storedPath: ValuePath;
  rootText: string;
  query: string;
}

function Members({ stored, version, path, storedPath, rootText, query }: PlaceProps) {
  const [from, setFrom] = useState(0);
  const slice = useSlice(stored, version, pointerOf(storedPath), from);
  if (slice.isPending) return <Skeleton className="h-16 w-full" />;
  if (slice.isError) return <ErrorState error={slice.error} retry={() => void slice.refetch()} what="this part" />;
  if (slice.data === null) return <p className="text-muted-foreground">There is nothing here.</p>;
  const { type, total, text, items } = slice.data;
  if (text !== null) {
    return (
      <div className="flex flex-col gap-1 pl-4">
        <Scalar value={type === "string" ? text : (JSON.parse(text) as unknown)} />
        {type === "string" && total > text.length ? <StepPager from={from} count={text.length} total={total} what="characters" step={SLICE_MEMBERS * 1_000} onChange={setFrom} /> : null}
      </div>
    );
  }
  const shown = query === "" ? items : items.filter((item) => `${item.key} ${item.text ?? item.start}`.toLowerCase().includes(query));
  return (
    <>
      {shown.length === 0 && query !== "" ? <p className="font-sans text-muted-foreground">Nothing that is shown says that. Search all of it to look deeper.</p> : null}
      {shown.map((item) => {
        const name = type === "array" ? Number(item.key) : item.key.replace(/^\$\$/, "$");
        return <Member key={item.key} item={item} name={String(name)} place={{ stored, version, path: [...path, name], storedPath: [...storedPath, type === "array" ? Number(item.key) : item.key], rootText, query: "" }} />;
      })}
      {total > SLICE_MEMBERS ? <StepPager from={from} count={items.length} total={total} what="members" step={SLICE_MEMBERS} onChange={setFrom} /> : null}
    </>
  );
}

function Member({ item, name, place }: { item: Item; name: string; place: PlaceProps }) {
  const client = useTRPCClient();
  const [isOpen, setOpen] = useState(false);
  const pathText = place.rootText + memberText(place.path);
  const known = item.text === null ? null : readText(item.text);
  const actions = { pathText, ...(known === null ? {} : { copyValue: () => copyText(known.value) }) };
  if (known !== null && !isBranch(known.value)) {
    return (
      <TreeRow name={name} actions={actions}>
        <Scalar value={known.value} />
      </TreeRow>
    );
  }
  const isText = item.type === "string";
  const copyWhole = async () => {
    const whole = await client.runs.slice.query({ ...place.stored, pointer: pointerOf(place.storedPath), limit: 200, itemCharacters: 4_000 });
    return whole?.text ?? item.start;
  };
  return (
    <div className="relative">
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary data-tree-item className="cursor-pointer rounded-sm marker:text-muted-foreground hover:bg-muted">
          <span className="text-primary">{name}:</span>
          <span className="ml-1 text-muted-foreground">
            {item.type === "array" ? `[${item.count}]` : item.type === "object" ? `{${item.count}}` : formatSize(item.characters)}
            {item.text === null ? ` ${item.start.slice(0, 60)}…` : ""}
          </span>
        </summary>
        {isOpen ? (
          <div className="ml-1.5 border-l pl-2">
            <Members {...place} />
            {isText && item.characters < 800_000 ? <CopyLongText copy={copyWhole} /> : null}
          </div>
        ) : null}
      </details>
      <RowTools actions={actions} name={name} isBeside />
    </div>
  );
}

function CopyLongText({ copy }: { copy: () => Promise<string> }) {
  return (
    <Button variant="link" size="sm" onClick={() => void copy().then((text) => navigator.clipboard.writeText(text))}>
      Copy this text
    </Button>
  );
}

function SlicedTable({ stored, version, query, label }: { stored: ValueRef; version: string; query: string; label: string }) {
  const [from, setFrom] = useState(0);
  const slice = useSlice(stored, version, "", from);
  if (slice.isPending) return <Skeleton className="h-32 w-full" />;
  if (slice.isError) return <ErrorState error={slice.error} retry={() => void slice.refetch()} what="the rows" />;
  const items = slice.data?.items ?? [];
  const total = slice.data?.total ?? 0;
  const rows = items.map((item) => (item.text === null ? { [`(${formatSize(item.characters)}: see the tree)`]: item.start } : (readText(item.text)?.value ?? null)));
  const table = tableOf(rows);
  return (
    <div className="flex flex-col gap-1">
      {table === null ? <p className="text-xs text-muted-foreground">This part of the list holds no objects.</p> : <TableOfRows key={from} table={table} query={query} firstIndex={from} label={`${label} as a table`} />}
      <StepPager from={from} count={items.length} total={total} what="rows" step={SLICE_MEMBERS} onChange={setFrom} />
    </div>
  );
}

function readText(text: string): { value: unknown } | null {
  try {
    return { value: decodeValue(text) };
  } catch {
    return { value: JSON.parse(text) as unknown };
  }
}
