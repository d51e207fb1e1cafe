"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useSettled } from "@/components/palette/use-settled";
import { LoadMore } from "@/components/shell/load-more";
import { Command, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { PickedWorkflow } from "./workflow-picker";

const PAUSE_MILLISECONDS = 150;
const PAGE = 30;

/** Workflows to choose from, found by their names and contents. */
export function WorkflowChoices({ none, onPick }: { none: string | undefined; onPick: (workflow: PickedWorkflow | null) => void }) {
  const trpc = useTRPC();
  const [query, setQuery] = useState("");
  const search = useSettled(query.trim(), PAUSE_MILLISECONDS);
  const found = useInfiniteQuery({
    ...trpc.workflows.list.infiniteQueryOptions({ search: search || undefined, limit: PAGE, sort: "name" }, { getNextPageParam: (page) => page.nextCursor }),
    placeholderData: keepPreviousData,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Command label="Workflows">
      <CommandInput value={query} onValueChange={setQuery} placeholder="Search workflows" autoFocus />
      <CommandList>
        {none !== undefined && query === "" ? <CommandItem value="none" onSelect={() => onPick(null)}>{none}</CommandItem> : null}
        {found.isPending ? <SkeletonRows count={4} /> : found.isError ? <ErrorState error={found.error} retry={() => void found.refetch()} what="the workflows" /> : null}
        {items.map(({ id, slug, name }) => (
          <CommandItem key={id} value={id} onSelect={() => onPick({ id, slug, name })}>
            <span className="min-w-0 flex-1 truncate">{name}</span>
            {name === slug ? null : <span aria-hidden className="max-w-28 truncate font-mono text-[11px] text-muted-foreground">{slug}</span>}
          </CommandItem>
        ))}
        {found.isSuccess && items.length === 0 ? <p className="px-2 py-1.5 text-sm text-muted-foreground">{search === "" ? "There is no workflow yet." : `No workflow fits “${search}”.`}</p> : null}
        <LoadMore {...found} />
      </CommandList>
    </Command>
  );
}
