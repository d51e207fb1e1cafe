"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";

export interface PickedPerson {
  id: string;
  name: string;
}

export interface PersonChoicesProps {
  /** Everybody of the organization, or only who has a role in the whole workspace. */
  from: "organization" | "workspace";
  /** Who is chosen already. */
  without?: ReadonlySet<string>;
  /** Of the organization, nobody who is in this group. */
  outside?: string | undefined;
  onPick: (person: PickedPerson) => void;
}

/** People to choose from, found by name and address. */
export function PersonChoices({ from, without, outside, onPick }: PersonChoicesProps) {
  const trpc = useTRPC();
  const text = useSearchText();
  const input = { search: text.search, limit: CHOICES_PAGE };
  const ofOrganization = useInfiniteQuery({ ...trpc.organizations.people.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }), enabled: from === "organization", placeholderData: keepPreviousData });
  const ofWorkspace = useInfiniteQuery({ ...trpc.access.members.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }), enabled: from === "workspace", placeholderData: keepPreviousData });
  const everybody = ofOrganization.data?.pages.flatMap(({ items }) => items.filter(({ groups }) => !groups.some(({ id }) => id === outside)));
  const found = from === "organization" ? everybody : ofWorkspace.data?.pages.flatMap(({ items }) => items);
  const people = found?.map(({ userId, name, email }) => ({ id: userId, name, email })) ?? [];
  return (
    <SearchedChoices {...text} of="people" placeholder="Name or address" empty="There is nobody." found={from === "organization" ? ofOrganization : ofWorkspace} items={people.filter(({ id }) => without?.has(id) !== true)}>
      {({ id, name, email }) => (
        <CommandItem key={id} value={id} onSelect={() => onPick({ id, name })}>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          {email === name ? null : <span className="max-w-40 truncate text-xs text-muted-foreground">{email}</span>}
        </CommandItem>
      )}
    </SearchedChoices>
  );
}
