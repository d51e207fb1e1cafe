"use client";

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";

export interface SettingsListProps<Item> {
  title: string;
  description: ReactNode;
  actions?: ReactNode;
  query: { data: readonly Item[] | undefined; isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  empty: { icon: LucideIcon; title: string; text: ReactNode };
  children: (items: readonly Item[]) => ReactNode;
}

/** One list of settings with its states. */
export function SettingsList<Item>({ title, description, actions, query, empty, children }: SettingsListProps<Item>) {
  return (
    <Card>
      <CardHeader title={title} description={description} actions={actions} />
      {query.isPending ? (
        <SkeletonRows count={3} />
      ) : query.isError || query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} what={title.toLowerCase()} />
      ) : query.data.length === 0 ? (
        <EmptyState icon={empty.icon} title={empty.title}>
          {empty.text}
        </EmptyState>
      ) : (
        children(query.data)
      )}
    </Card>
  );
}
