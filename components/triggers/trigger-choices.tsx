"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import type { PickedTrigger } from "./trigger-picker";

/** Triggers to choose from, found by their names and those of their workflows. */
export function TriggerChoices({ onPick }: { onPick: (trigger: PickedTrigger) => void }) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({
    ...trpc.triggers.list.infiniteQueryOptions({ search: text.search || undefined, limit: CHOICES_PAGE }, { getNextPageParam: (page) => page.nextCursor }),
    placeholderData: keepPreviousData,
  });
  return (
    <SearchedChoices {...text} of="triggers" placeholder="Search triggers and workflows" empty="There is no trigger yet." found={found} items={found.data?.pages.flatMap((page) => page.items) ?? []}>
      {({ id, name, workflow }) => (
        <CommandItem key={id} value={id} onSelect={() => onPick({ id, name, workflow })}>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="max-w-40 truncate text-xs text-muted-foreground">{workflow.name}</span>
        </CommandItem>
      )}
    </SearchedChoices>
  );
}
