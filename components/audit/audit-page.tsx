"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { LoadMore } from "@/components/shell/load-more";
import { useUrlState } from "@/components/shell/use-url-state";
import { useHref, useOrganization, useWorkspace } from "@/components/shell/workspace-context";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Segments } from "@/components/ui/segments";
import { SkeletonRows } from "@/components/ui/skeleton";
import { AUDIT_FILTERS, AuditFilterBar, type AuditFilters } from "./audit-filters";
import { AuditKeeping } from "./audit-keeping";
import { linksOf } from "./audit-links";
import { AuditRow } from "./audit-row";
import { ChainCheck } from "./chain-check";
import { ExportMenu } from "./export-menu";

/** Everything that was done in the workspace, newest first. */
export function AuditPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const organization = useOrganization();
  const { current } = useWorkspace();
  const href = useHref();
  const mayKeep = organization?.permissions.includes("audit:write") ?? false;
  const mayReadAll = organization?.permissions.includes("audit:read") ?? false;
  const of = mayReadAll && params.get("of") === "organization" ? "organization" : "workspace";
  const filter: AuditFilters = Object.fromEntries(AUDIT_FILTERS.flatMap((name) => (params.get(name) ? [[name, params.get(name)!]] : [])));
  const list = of === "organization" ? trpc.audit.ofOrganization : trpc.audit.list;
  const events = useInfiniteQuery(list.infiniteQueryOptions({ ...filter, limit: 50 }, { getNextPageParam: (page) => page.nextCursor }));
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex flex-col gap-5">
      <Card>
        <CardHeader
          title="Audit log"
          description={of === "organization" ? "People, groups, roles and workspaces of the organization, and how its people sign in: what belongs to no workspace." : "Who did what, committed together with the deed. Nobody can change or remove an entry."}
          actions={
            <>
              {mayReadAll ? <Segments label="Whose entries" value={of} onChange={(next) => change({ of: next === "organization" ? next : null })} options={[{ value: "workspace", label: "This workspace" }, { value: "organization", label: "The organization" }]} /> : null}
              <ExportMenu filter={filter} of={of} workspace={current.slug} />
            </>
          }
        />
        <AuditFilterBar filter={filter} change={change} />
        {events.isPending ? (
          <SkeletonRows count={8} />
        ) : events.isError ? (
          <ErrorState error={events.error} retry={() => void events.refetch()} what="the audit log" />
        ) : items.length === 0 ? (
          <EmptyState icon={ScrollText} title={Object.keys(filter).length === 0 ? "Nothing has happened yet" : "Nothing like this"}>
            {Object.keys(filter).length > 0 ? "No entry fits the filter." : of === "organization" ? "Every change of the organization and every sign-in of its people is listed here." : "Every change, start and use of a secret or token is listed here."}
          </EmptyState>
        ) : (
          <ul className="divide-y" aria-label="Audit log">
            {items.map((event) => (
              <AuditRow key={event.id} event={event} change={change} links={of === "workspace" ? linksOf(event).map(({ label, path }) => ({ label, href: href(path) })) : []} />
            ))}
          </ul>
        )}
        <LoadMore {...events} />
      </Card>
      <ChainCheck />
      {mayKeep ? <AuditKeeping of="organization" /> : null}
    </div>
  );
}
