"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

/** Beside a choice of roles: that those of the organization are not among them. */
export function CustomRolesProblem() {
  const trpc = useTRPC();
  const roles = useQuery(trpc.organizations.roles.queryOptions());
  if (!roles.isError || roles.data !== undefined) return null;
  return <Alert tone="warning" title="The organization's own roles could not be loaded." actions={<Button size="sm" disabled={roles.isFetching} onClick={() => void roles.refetch()}>Try again</Button>} />;
}
