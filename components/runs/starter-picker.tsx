"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
import type { Starter } from "@/server/run-choices/contract";

const ANYBODY = "Anybody";

export interface StarterPickerProps {
  control: FieldControl;
  /** Null: anybody. */
  value: string | null;
  onPick: (id: string | null) => void;
}

/** Who started runs, of however many people and service accounts: the server searches. */
export function StarterPicker({ control, value, onPick }: StarterPickerProps) {
  const trpc = useTRPC();
  const [picked, setPicked] = useState<Starter | null>(null);
  const isKnown = picked !== null && picked.id === value;
  const named = useQuery({ ...trpc.runChoices.starters.queryOptions({ id: value ?? undefined, limit: 1 }), enabled: value !== null && !isKnown, staleTime: 60_000 });
  const chosen = isKnown ? picked : (named.data?.items[0] ?? null);
  const label = value === null ? null : chosen !== null ? nameOf(chosen) : named.isPending ? "…" : value;
  return (
    <Picker label={label} placeholder={ANYBODY} isNoneChosen of="People" control={control}>
      {(close) => (
        <Choices
          onPick={(starter) => {
            close();
            setPicked(starter);
            onPick(starter?.id ?? null);
          }}
        />
      )}
    </Picker>
  );
}

function Choices({ onPick }: { onPick: (starter: Starter | null) => void }) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({ ...trpc.runChoices.starters.infiniteQueryOptions({ search: text.search, limit: CHOICES_PAGE }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  return (
    <SearchedChoices {...text} of="people" placeholder="Name or address" empty="There is nobody." first={<CommandItem value="none" onSelect={() => onPick(null)}>{ANYBODY}</CommandItem>} found={found} items={found.data?.pages.flatMap(({ items }) => items) ?? []}>
      {(starter) => <CommandItem key={starter.id} value={starter.id} onSelect={() => onPick(starter)}><span className="min-w-0 flex-1 truncate">{nameOf(starter)}</span></CommandItem>}
    </SearchedChoices>
  );
}

function nameOf({ name, isProgram }: Starter): string {
  return isProgram ? `${name} (service account)` : name;
}
