"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { RightsProvider } from "@/components/shell/rights";
import { Skeleton } from "@/components/ui/skeleton";
import { WorkflowEditor } from "./workflow-editor";

export function WorkflowPage({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const workflow = useQuery(trpc.workflows.get.queryOptions({ workflowId }));
  useLiveRefresh(workflow.isSuccess ? `workflow:${workflowId}` : null, trpc.workflows.get.queryKey({ workflowId }));
  if (workflow.isError) return <ErrorState error={workflow.error} retry={() => void workflow.refetch()} what="the workflow" />;
  return (
    <RightsProvider workflowIds={[workflowId]} meanwhile={<Loading />}>
      {workflow.isSuccess ? <WorkflowEditor key={workflowId} workflow={workflow.data} /> : <Loading />}
    </RightsProvider>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading the workflow" className="flex flex-1 flex-col gap-4 p-6">
      <Skeleton className="h-4 w-40" />
      <Skeleton className="h-7 w-72" />
      <Skeleton className="min-h-96 flex-1" />
    </div>
  );
}
