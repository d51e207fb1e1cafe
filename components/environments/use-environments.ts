"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import type { DeploymentsOfWorkflow } from "@/server/deployments/contract";
import type { EnvironmentView } from "@/server/environments/contract";

/** In the order of promotion; empty as long as they are not known, or there are none. */
export function useEnvironments(): readonly EnvironmentView[] {
  const trpc = useTRPC();
  const mayRead = useMay("workflow:read");
  const { data } = useQuery(trpc.environments.list.queryOptions(undefined, { enabled: mayRead, staleTime: 60_000 }));
  return data ?? [];
}

/** What each environment has of a workflow. */
export function useDeployments(workflowId: string): DeploymentsOfWorkflow["environments"] {
  const trpc = useTRPC();
  return useQuery(trpc.deployments.ofWorkflow.queryOptions({ workflowId })).data?.environments ?? [];
}

/** Those that have a version of the workflow. */
export function useEnvironmentsOf(workflowId: string): (versionId: string) => readonly EnvironmentView[] {
  const places = useDeployments(workflowId);
  return (versionId) => places.filter(({ current }) => current?.version.id === versionId);
}
