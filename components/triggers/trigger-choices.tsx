"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useSettled } from "@/components/palette/use-settled";
import { LoadMore } from "@/components/shell/load-more";
import { Command, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { PickedTrigger } from "./trigger-picker";

const PAUSE_MILLISECONDS = 150;
const PAGE = 30;

/** Triggers to choose from, found by their names and those of their workflows. */
export function TriggerChoices({ onPick }: { onPick: (trigger: PickedTrigger) => void }) {
  const trpc = useTRPC();
  const [query, setQuery] = useState("");
  const search = useSettled(query.trim(), PAUSE_MILLISECONDS);
  const found = useInfiniteQuery({
    ...trpc.triggers.list.infiniteQueryOptions({ search: search || undefined, limit: PAGE }, { getNextPageParam: (page) => page.nextCursor }),
    placeholderData: keepPreviousData,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Command label="Triggers">
      <CommandInput value={query} onValueChange={setQuery} placeholder="Search triggers and workflows" autoFocus />
      <CommandList>
        {found.isPending ? <SkeletonRows count={4} /> : found.isError ? <ErrorState error={found.error} retry={() => void found.refetch()} what="the triggers" /> : null}
        {items.map(({ id, name, workflow }) => (
          <CommandItem key={id} value={id} onSelect={() => onPick({ id, name, workflow })}>
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="max-w-40 truncate text-xs text-muted-foreground">{workflow.name}</span>
          </CommandItem>
        ))}
        {found.isSuccess && items.length === 0 ? <p className="px-2 py-1.5 text-sm text-muted-foreground">{search === "" ? "There is no trigger yet." : `No trigger fits “${search}”.`}</p> : null}
        <LoadMore {...found} />
      </CommandList>
    </Command>
  );
}
