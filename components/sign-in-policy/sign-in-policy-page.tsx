"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useOrganization } from "@/components/shell/workspace-context";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { PolicyForm } from "./policy-form";

/** What the organization asks of everybody in it when they sign in. */
export function SignInPolicyPage() {
  const trpc = useTRPC();
  const organization = useOrganization();
  const policy = useQuery(trpc.signInPolicy.get.queryOptions());
  const mayWrite = organization?.permissions.includes("sign-in:write") ?? false;
  return (
    <Card>
      <CardHeader title="How people sign in" description={`Holds for everybody in ${organization?.name ?? "the organization"}, from their next click on, also where they are signed in already.`} />
      {policy.isPending ? (
        <SkeletonRows count={5} />
      ) : policy.isError ? (
        <ErrorState error={policy.error} retry={() => void policy.refetch()} what="the rules of signing in" />
      ) : (
        <PolicyForm policy={policy.data} mayWrite={mayWrite} />
      )}
    </Card>
  );
}
