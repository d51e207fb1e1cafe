"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { RightsProvider } from "@/components/shell/rights";
import { Skeleton } from "@/components/ui/skeleton";
import { RunView } from "./run-view";

export function RunPage({ runId }: { runId: string }) {
  const trpc = useTRPC();
  // Asked once: what changes afterwards comes as deltas.
  const view = useQuery({ ...trpc.runs.get.queryOptions({ runId, outline: true }), staleTime: Infinity, gcTime: 0, refetchOnReconnect: false });
  if (view.isSuccess) {
    const { workflow } = view.data.run;
    return (
      <RightsProvider workflowIds={workflow === null ? [] : [workflow.id]}>
        <RunView key={runId} view={view.data} />
      </RightsProvider>
    );
  }
  if (view.isError) return <ErrorState error={view.error} retry={() => void view.refetch()} what="the run" />;
  return (
    <div role="status" aria-label="Loading the run" className="flex flex-1 flex-col gap-4 p-6">
      <Skeleton className="h-4 w-52" />
      <Skeleton className="h-7 w-80" />
      <Skeleton className="min-h-96 flex-1" />
    </div>
  );
}
