"use client";

import type { ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { Command, CommandInput, CommandList } from "@/components/ui/command";
import { SkeletonRows } from "@/components/ui/skeleton";
import { LoadMore, type LoadMoreProps } from "./load-more";
import type { SearchText } from "./use-search-text";

/** A page of them. */
export const CHOICES_PAGE = 30;

export interface SearchedChoicesProps<Item> extends SearchText {
  /** In the plural, in small letters. */
  of: string;
  placeholder: string;
  /** There is nothing at all to choose from. */
  empty: string;
  /** What is no part of the list, above it. */
  first?: ReactNode;
  found: { isPending: boolean; isError: boolean; isSuccess: boolean; isPlaceholderData: boolean; error: unknown; refetch: () => unknown } & LoadMoreProps;
  items: readonly Item[];
  children: (item: Item) => ReactNode;
}

/** What a picker shows of a list that the server searches. */
export function SearchedChoices<Item>({ text, setText, search, of, placeholder, empty, first, found, items, children }: SearchedChoicesProps<Item>) {
  return (
    <Command label={of.replace(/^./, (letter) => letter.toUpperCase())}>
      <CommandInput value={text} onValueChange={setText} placeholder={placeholder} maxLength={200} autoFocus />
      <CommandList>
        {text === "" ? first : null}
        {found.isPending || (found.isPlaceholderData && items.length === 0) ? <SkeletonRows count={4} /> : found.isError ? <ErrorState error={found.error} retry={() => void found.refetch()} what={`the ${of}`} /> : null}
        {items.map(children)}
        {found.isSuccess && !found.isPlaceholderData && items.length === 0 && !found.hasNextPage ? <p className="px-2 py-1.5 text-sm text-muted-foreground">{search === "" ? empty : `Nothing fits “${search}”.`}</p> : null}
        <LoadMore {...found} />
      </CommandList>
    </Command>
  );
}
