"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";

/** What the provider said when an administrator tried the connection. */
export function TrialResult({ testId }: { testId: string }) {
  const trpc = useTRPC();
  const trial = useQuery(trpc.sso.trial.queryOptions({ testId }));
  if (trial.isPending) return <SkeletonRows count={3} />;
  if (trial.isError) return <ErrorState error={trial.error} retry={() => void trial.refetch()} what="the result of the test" />;
  const { problem, claims, email, name, groups, role, joins } = trial.data;
  const facts = [["E-mail", email ?? "none"], ["Name", name ?? "none"], ["Groups there", groups.join(", ") || "none"], ["Role here", role ?? "none"], ["Joins", joins.join(", ") || "no groups"]] as const;
  return (
    <Card>
      <CardHeader title="Result of the test" description="Nobody was signed in." />
      <div className="flex flex-col gap-4 p-4">
        {problem === null ? <Alert tone="info" title="This person would be signed in" /> : <Alert tone="warning" title={problem} />}
        <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[8rem_1fr]">
          {facts.map(([term, fact]) => (
            <div key={term} className="contents">
              <dt className="text-muted-foreground">{term}</dt>
              <dd className="break-words">{fact}</dd>
            </div>
          ))}
        </dl>
        <details>
          <summary className="cursor-pointer text-sm">Everything that the provider said</summary>
          <pre className="mt-2 max-h-80 overflow-auto rounded-md border bg-muted p-3 font-mono text-xs" tabIndex={0}>{JSON.stringify(claims, null, 2)}</pre>
        </details>
      </div>
    </Card>
  );
}
