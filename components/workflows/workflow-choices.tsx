"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import type { PickedWorkflow } from "./workflow-picker";

/** Workflows to choose from, found by their names and contents. */
export function WorkflowChoices({ none, onPick }: { none: string | undefined; onPick: (workflow: PickedWorkflow | null) => void }) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({
    ...trpc.workflows.list.infiniteQueryOptions({ search: text.search || undefined, limit: CHOICES_PAGE, sort: "name" }, { getNextPageParam: (page) => page.nextCursor }),
    placeholderData: keepPreviousData,
  });
  const first = none === undefined ? null : <CommandItem value="none" onSelect={() => onPick(null)}>{none}</CommandItem>;
  return (
    <SearchedChoices {...text} of="workflows" placeholder="Search workflows" empty="There is no workflow yet." first={first} found={found} items={found.data?.pages.flatMap((page) => page.items) ?? []}>
      {({ id, slug, name }) => (
        <CommandItem key={id} value={id} onSelect={() => onPick({ id, slug, name })}>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          {name === slug ? null : <span aria-hidden className="max-w-28 truncate font-mono text-[11px] text-muted-foreground">{slug}</span>}
        </CommandItem>
      )}
    </SearchedChoices>
  );
}
