"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive, Plus, SearchX, Workflow } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { SearchField } from "@/components/shell/search-field";
import { useUrlState } from "@/components/shell/use-url-state";
import { useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { NewWorkflowDialog } from "./new-workflow-dialog";
import { WorkflowRow } from "./workflow-row";

export function WorkflowsPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const mayWrite = useMay("workflow:write");
  const [isCreating, setCreating] = useState(false);
  const search = params.get("q") ?? "";
  const archived = params.get("archived") === "1";
  const query = useInfiniteQuery(
    trpc.workflows.list.infiniteQueryOptions({ search: search || undefined, archived }, { getNextPageParam: (page) => page.nextCursor }),
  );
  useLiveRefresh("runs", trpc.workflows.list.pathKey());
  const workflows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const create = mayWrite ? (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      New workflow
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title="Workflows" actions={create} />
      <div className="flex flex-wrap items-center gap-3 px-4 py-3 sm:px-6">
        <SearchField label="Search workflows" value={search} onSearch={(q) => change({ q })} className="w-full sm:w-72" />
        <Button
          variant={archived ? "secondary" : "ghost"}
          aria-pressed={archived}
          onClick={() => change({ archived: archived ? null : "1" })}
        >
          <Archive aria-hidden />
          Archived
        </Button>
      </div>
      <div className="px-4 pb-8 sm:px-6">
        {query.isPending ? (
          <SkeletonRows />
        ) : query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} what="the workflows" />
        ) : workflows.length === 0 ? (
          <NoWorkflows search={search} archived={archived} create={create} clear={() => change({ q: null, archived: null })} />
        ) : (
          <>
            <ul className="divide-y rounded-lg border bg-card">
              {workflows.map((workflow) => (
                <WorkflowRow key={workflow.id} workflow={workflow} />
              ))}
            </ul>
            <LoadMore {...query} />
          </>
        )}
      </div>
      <NewWorkflowDialog open={isCreating} onOpenChange={setCreating} />
    </>
  );
}

function NoWorkflows({ search, archived, create, clear }: { search: string; archived: boolean; create: React.ReactNode; clear: () => void }) {
  if (search !== "") {
    return (
      <EmptyState icon={SearchX} title={`Nothing is named “${search}”`} actions={<Button onClick={clear}>Show all workflows</Button>} />
    );
  }
  if (archived) {
    return (
      <EmptyState icon={Archive} title="The archive is empty" actions={<Button onClick={clear}>Show all workflows</Button>}>
        Archived workflows do not run; they and their runs are kept and can be restored.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Workflow} title="Build your first workflow" actions={create}>
      A workflow is a graph of steps. Edit its draft, publish a version, run it; every step is stored as it happens, so a
      run goes on after a crash. The quickest way in is an example.
    </EmptyState>
  );
}
