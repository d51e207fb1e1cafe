"use client";

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { LoadMore, type LoadMoreProps } from "@/components/shell/load-more";
import type { SearchText } from "@/components/shell/use-search-text";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";

/** Shorter lists are looked through faster than searched. */
const SHORT = 10;

export interface SettingsListProps<Item> {
  title: string;
  description: ReactNode;
  actions?: ReactNode;
  query: { data: readonly Item[] | undefined; isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  empty: { icon: LucideIcon; title: string; text: ReactNode };
  /** Of a list in pages. */
  more?: LoadMoreProps & { isPlaceholderData: boolean };
  search?: SearchText & { label: string };
  children: (items: readonly Item[]) => ReactNode;
}

/** One list of settings with its states. */
export function SettingsList<Item>({ title, description, actions, query, empty, more, search, children }: SettingsListProps<Item>) {
  const isSearching = search !== undefined && (search.text !== "" || search.search !== "");
  const isLong = more?.hasNextPage === true || more?.isPlaceholderData === true || (query.data?.length ?? 0) > SHORT;
  return (
    <Card>
      <CardHeader title={title} description={description} actions={actions} />
      {search !== undefined && (isSearching || isLong) ? (
        <div className="border-b px-4 py-2">
          <Input type="search" aria-label={search.label} placeholder={search.label} maxLength={200} value={search.text} onChange={(event) => search.setText(event.target.value)} className="max-w-sm" />
        </div>
      ) : null}
      {query.isPending || (more?.isPlaceholderData === true && query.data?.length === 0) ? (
        <SkeletonRows count={3} />
      ) : query.isError || query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} what={title.toLowerCase()} />
      ) : query.data.length > 0 ? (
        children(query.data)
      ) : isSearching ? (
        <p role="status" className="p-6 text-center text-sm text-muted-foreground">Nothing fits “{search.search}”.</p>
      ) : (
        <EmptyState icon={empty.icon} title={empty.title}>
          {empty.text}
        </EmptyState>
      )}
      {more === undefined ? null : <LoadMore {...more} />}
    </Card>
  );
}
