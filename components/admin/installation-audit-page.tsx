"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { AuditFilterBar, AUDIT_FILTERS, type AuditFilters } from "@/components/audit/audit-filters";
import { AuditKeeping } from "@/components/audit/audit-keeping";
import { AuditRow } from "@/components/audit/audit-row";
import { ExportMenu } from "@/components/audit/export-menu";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { LoadMore } from "@/components/shell/load-more";
import { useUrlState } from "@/components/shell/use-url-state";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";

/** What belongs to no organization. */
export function InstallationAuditPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const filter: AuditFilters = Object.fromEntries(AUDIT_FILTERS.flatMap((name) => (params.get(name) ? [[name, params.get(name)!]] : [])));
  const events = useInfiniteQuery(trpc.admin.audit.infiniteQueryOptions({ ...filter, limit: 50 }, { getNextPageParam: (page) => page.nextCursor }));
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Card>
        <CardHeader title="Audit log of the installation" description="Sign-ins, and what its administrators do. What happens in organizations is in theirs." actions={<ExportMenu filter={filter} of="installation" />} />
        <AuditFilterBar filter={filter} change={change} />
        {events.isPending ? <SkeletonRows count={8} /> : events.isError ? <ErrorState error={events.error} retry={() => void events.refetch()} what="the audit log" /> : items.length === 0 ? (
          <EmptyState icon={ScrollText} title={Object.keys(filter).length === 0 ? "Nothing has happened yet" : "Nothing like this"}>No entry fits.</EmptyState>
        ) : (
          <ul className="divide-y" aria-label="Audit log">{items.map((event) => <AuditRow key={event.id} event={event} change={change} />)}</ul>
        )}
        <LoadMore {...events} />
      </Card>
      <AuditKeeping of="installation" />
    </>
  );
}
