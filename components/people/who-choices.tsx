"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { UserRound, UsersRound } from "lucide-react";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import type { Who } from "./who-picker";

/** Groups and people of the organization to choose from. */
export function WhoChoices({ onPick }: { onPick: (who: Who) => void }) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({
    ...trpc.access.candidates.infiniteQueryOptions({ search: text.search, limit: CHOICES_PAGE }, { getNextPageParam: (page) => page.nextCursor }),
    placeholderData: keepPreviousData,
  });
  return (
    <SearchedChoices {...text} of="people and groups" placeholder="Name or address" empty="There is nobody." found={found} items={found.data?.pages.flatMap((page) => page.items) ?? []}>
      {({ kind, id, name, email, people }) => (
        <CommandItem key={id} value={id} onSelect={() => onPick({ kind, id, name })}>
          {kind === "group" ? <UsersRound aria-hidden /> : <UserRound aria-hidden />}
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="max-w-40 truncate text-xs text-muted-foreground">{kind === "group" ? `group of ${people ?? 0}` : email === name ? "" : email}</span>
        </CommandItem>
      )}
    </SearchedChoices>
  );
}
