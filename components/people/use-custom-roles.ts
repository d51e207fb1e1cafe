"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import type { RoleView } from "@/server/organizations/contract";

/** The organization's own roles, to choose from. */
export function useCustomRoles(): readonly RoleView[] {
  const trpc = useTRPC();
  return useQuery(trpc.organizations.roles.queryOptions()).data ?? [];
}
