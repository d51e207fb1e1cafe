"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import type { PickedOrganization } from "./organization-picker";

/** Organizations of the installation to choose from. */
export function OrganizationChoices({ onPick }: { onPick: (organization: PickedOrganization) => void }) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({
    ...trpc.admin.organizations.infiniteQueryOptions({ search: text.search, limit: CHOICES_PAGE }, { getNextPageParam: (page) => page.nextCursor }),
    placeholderData: keepPreviousData,
  });
  return (
    <SearchedChoices {...text} of="organizations" placeholder="Search organizations" empty="There is no organization." found={found} items={found.data?.pages.flatMap((page) => page.items) ?? []}>
      {({ id, name, slug }) => (
        <CommandItem key={id} value={id} onSelect={() => onPick({ id, name })}>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span aria-hidden className="max-w-32 truncate font-mono text-[11px] text-muted-foreground">{slug}</span>
        </CommandItem>
      )}
    </SearchedChoices>
  );
}
