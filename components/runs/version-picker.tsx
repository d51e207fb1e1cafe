"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { CHOICES_PAGE, SearchedChoices } from "@/components/shell/searched-choices";
import { useSearchText } from "@/components/shell/use-search-text";
import { CommandItem } from "@/components/ui/command";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";

const ANY_VERSION = "Any version";

export interface VersionPickerProps {
  control: FieldControl;
  /** Without one there is nothing to choose from. */
  workflowId: string | undefined;
  /** Null: any. */
  value: string | null;
  onPick: (id: string | null) => void;
}

/** A version of a workflow, of however many: the server searches by the number. */
export function VersionPicker({ control, workflowId, value, onPick }: VersionPickerProps) {
  const trpc = useTRPC();
  const named = useQuery({ ...trpc.runChoices.versions.queryOptions({ workflowId: workflowId ?? "", id: value ?? undefined, limit: 1 }), enabled: value !== null && workflowId !== undefined, staleTime: 60_000 });
  const chosen = named.data?.items[0];
  const label = value === null ? null : chosen !== undefined ? `Version ${chosen.number}` : named.isLoading ? "…" : value;
  return (
    <Picker label={label} placeholder={ANY_VERSION} isNoneChosen of="Versions" control={control} disabled={workflowId === undefined}>
      {(close) => (
        <Choices
          workflowId={workflowId ?? ""}
          onPick={(id) => {
            close();
            onPick(id);
          }}
        />
      )}
    </Picker>
  );
}

function Choices({ workflowId, onPick }: { workflowId: string; onPick: (id: string | null) => void }) {
  const trpc = useTRPC();
  const text = useSearchText();
  const found = useInfiniteQuery({ ...trpc.runChoices.versions.infiniteQueryOptions({ workflowId, search: text.search, limit: CHOICES_PAGE }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  return (
    <SearchedChoices {...text} of="versions" placeholder="Number" empty="There is no version yet." first={<CommandItem value="none" onSelect={() => onPick(null)}>{ANY_VERSION}</CommandItem>} found={found} items={found.data?.pages.flatMap(({ items }) => items) ?? []}>
      {({ id, number }) => <CommandItem key={id} value={id} onSelect={() => onPick(id)}>{`Version ${number}`}</CommandItem>}
    </SearchedChoices>
  );
}
