"use client";

import { useQuery } from "@tanstack/react-query";
import { ListTree } from "lucide-react";
import { useMemo, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { JsonTree } from "@/components/values/json-tree";
import { searchValue } from "@/components/values/search-value";
import { walkTree } from "@/components/values/walk-tree";
import { kindTitle, type FieldScope } from "./field-scope";
import { referenceText, stepText } from "./reference-text";
import type { ValueSource } from "./value-source";

export interface ValuePickerProps {
  label: string;
  scope: FieldScope;
  source: ValueSource;
  onPick: (reference: string) => void;
  /** The cursor goes back to the field. */
  onClose: () => void;
}

interface Entry {
  key: string;
  title: string;
  note: string;
  root: string;
  id?: string;
  /** Where the tree begins in what is read. */
  member?: string;
  reference: string;
}

const TITLES: Readonly<Record<string, string>> = { input: "Input of the run", trigger: "Trigger event", item: "Item of this iteration", index: "Index of this iteration", previous: "Output of the iteration before", vars: "Variables", run: "This run", workspace: "This workspace", now: "Now", error: "The error" };

/** Everything that a field can read, as trees to choose from. */
export function ValuePicker({ label, scope, source, onPick, onClose }: ValuePickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const change = (open: boolean) => {
    setOpen(open);
    if (!open) setQuery("");
  };
  const entries = useMemo(() => entriesOf(scope), [scope]);
  return (
    <Popover open={isOpen} onOpenChange={change}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" className="h-6 px-1.5 text-[11px] text-muted-foreground" aria-label={`Insert a value into ${label}`} title="Choose a value to insert">
          <ListTree aria-hidden className="size-3.5" />
          Insert
        </Button>
      </PopoverTrigger>
      <PopoverContent
        align="end"
        className="flex max-h-[min(28rem,70dvh)] w-[min(24rem,92vw)] flex-col gap-2 p-2"
        aria-label="Values to insert"
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          onClose();
        }}
      >
        <Input aria-label="Search the values" placeholder="Search names and values" value={query} onChange={(event) => setQuery(event.target.value)} className="h-8" autoFocus />
        <div className="min-h-0 flex-1 overflow-y-auto" onKeyDown={(event: KeyboardEvent<HTMLElement>) => walkTree(event)}>
          {entries.map((entry, index) => (
            <EntryTree
              key={entry.key}
              entry={entry}
              source={source}
              query={query}
              isOpenAtFirst={index === 0 || entry.key === "input"}
              onPick={(reference) => {
                onPick(reference);
                change(false);
              }}
            />
          ))}
        </div>
      </PopoverContent>
    </Popover>
  );
}

function entriesOf({ steps, loops, roots }: FieldScope): Entry[] {
  const first = ["item", "index", "previous", "error"].filter((root) => roots.includes(root));
  const outer = loops.slice(0, -1);
  const last = roots.filter((root) => Object.hasOwn(TITLES, root) && !first.includes(root));
  const plain = (root: string): Entry => ({ key: root, title: TITLES[root] ?? root, note: root, root, reference: root });
  return [
    ...first.map(plain),
    ...steps.map(({ id, name, kind }): Entry => ({ key: `steps ${id}`, title: name, note: kindTitle(kind), root: "steps", id, member: "output", reference: `${stepText(id)}.output` })),
    ...outer.map(({ id }): Entry => ({ key: `loops ${id}`, title: `Loop ${id}`, note: "loop", root: "loops", id, reference: `loops${stepText(id).slice("steps".length)}` })),
    ...last.map(plain),
  ];
}

function EntryTree({ entry, source, query, isOpenAtFirst, onPick }: { entry: Entry; source: ValueSource; query: string; isOpenAtFirst: boolean; onPick: (reference: string) => void }) {
  const [isOpened, setOpened] = useState(isOpenAtFirst);
  const isSearching = query.trim() !== "";
  const isOpen = isOpened || isSearching;
  const known = useQuery({ queryKey: ["reference-values", source.version, entry.key], queryFn: () => source.read(entry.root, entry.id), enabled: isOpen, staleTime: 60_000 });
  const data = known.data;
  const begin = data === undefined ? undefined : data.isKnown ? data.value : data.shape;
  const value = entry.member === undefined ? begin : memberOf(begin, entry.member);
  const matches = useMemo(() => (isSearching ? searchValue(value, query) : null), [isSearching, value, query]);
  const isNamed = entry.title.toLowerCase().includes(query.trim().toLowerCase());
  if (isSearching && !isNamed && matches?.shown.size === 0) return null;
  return (
    <details open={isOpen} onToggle={(event) => (isSearching ? undefined : setOpened(event.currentTarget.open))} className="border-b py-1 last:border-b-0">
      <summary data-tree-item className="flex cursor-pointer items-center gap-2 rounded-sm px-1 py-0.5 hover:bg-muted">
        <span className="truncate text-sm font-medium">{entry.title}</span>
        <span className="shrink-0 text-xs text-muted-foreground">{entry.note}</span>
        <button
          type="button"
          className="ml-auto shrink-0 rounded-sm px-1 font-mono text-[11px] text-primary hover:underline"
          aria-label={`Insert ${entry.reference}`}
          onClick={(event) => {
            event.preventDefault();
            onPick(entry.reference);
          }}
        >
          insert
        </button>
      </summary>
      {isOpen && data !== undefined ? (
        <>
          {data.isKnown ? null : <p className="px-2 pb-1 text-xs text-muted-foreground">{data.reason}{value === undefined ? "" : " These names are known:"}</p>}
          {value === undefined ? null : <JsonTree value={value} rootText={entry.reference} matches={isNamed && matches?.hits.size === 0 ? null : matches} openDepth={1} onPick={(path) => onPick(referenceText(entry.reference, path))} className="pl-1" />}
        </>
      ) : null}
    </details>
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
