"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useWorkspace } from "./workspace-context";

interface Right {
  permissions: readonly string[];
  isLocked: boolean;
}

/** Of one question. */
const MOST = 200;

const RightsContext = createContext<ReadonlyMap<string, Right>>(new Map());

export interface RightsProviderProps {
  workflowIds?: readonly string[];
  folderIds?: readonly string[];
  /** Shown until the answer is there; without it nothing is offered so long. */
  meanwhile?: ReactNode;
  children: ReactNode;
}

/** Knows what the person may do to some workflows and folders. Asks only where that differs from one to the other. */
export function RightsProvider({ workflowIds = [], folderIds = [], meanwhile, children }: RightsProviderProps) {
  const trpc = useTRPC();
  const { isDivided } = useWorkspace().current;
  const outer = useContext(RightsContext);
  const input = { workflowIds: workflowIds.slice(0, MOST), folderIds: folderIds.slice(0, MOST) };
  const isAsked = isDivided && workflowIds.length + folderIds.length > 0;
  const { data, isPending } = useQuery({ ...trpc.access.rights.queryOptions(isAsked ? input : skipToken), placeholderData: keepPreviousData });
  const rights = useMemo(() => new Map([...outer, ...(data ?? []).map(({ id, ...right }) => [id, right] as const)]), [outer, data]);
  if (meanwhile !== undefined && isAsked && isPending) return meanwhile;
  return <RightsContext value={rights}>{children}</RightsContext>;
}

/** Whether to offer an action on one workflow or in one folder; null: on what belongs to none. The server decides again. */
export function useMayIn(placeId: string | null | undefined, permission: string): boolean {
  return useAllMay([placeId], permission);
}

/** The same on each of several. */
export function useAllMay(placeIds: readonly (string | null | undefined)[], permission: string): boolean {
  const { permissions, everywhere, isDivided } = useWorkspace().current;
  const rights = useContext(RightsContext);
  if (!isDivided) return permissions.includes(permission);
  return placeIds.every((id) => (id == null ? everywhere.includes(permission) : rights.get(id)?.permissions.includes(permission) === true));
}

/** The same for places that are known only later. */
export function useRightIn(permission: string): (placeId: string) => boolean {
  const { permissions, isDivided } = useWorkspace().current;
  const rights = useContext(RightsContext);
  return (id) => (isDivided ? rights.get(id)?.permissions.includes(permission) === true : permissions.includes(permission));
}

/** Whether a protection rule keeps the person from changing it. */
export function useIsLocked(placeId: string): boolean {
  return useContext(RightsContext).get(placeId)?.isLocked === true;
}
