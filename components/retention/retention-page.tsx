"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DaysForm } from "./days-form";
import { RemovalList } from "./removal-list";
import { SizeReport } from "./size-report";
import { WorkflowDays } from "./workflow-days";

/** How long what runs leave behind is kept, what takes up how much, and what was removed. */
export function RetentionPage() {
  const trpc = useTRPC();
  const retention = useQuery(trpc.retention.get.queryOptions());
  if (retention.isPending) return <SkeletonRows count={6} />;
  if (retention.isError) return <ErrorState error={retention.error} retry={() => void retention.refetch()} what="the retention settings" />;
  const { defaults, workspace, lastAt, nextAt, error } = retention.data;
  return (
    <div className="flex flex-col gap-5">
      {error === null ? null : <Alert tone="danger" title="The last round could not be finished">{error}</Alert>}
      <div className="grid gap-5 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
        <div className="flex flex-col gap-5">
          <Card>
            <CardHeader title="In this workspace" description="Days until ended runs and what belongs to them are removed. Kept runs stay." />
            <div className="flex flex-col gap-4 p-4">
              <DaysForm key={JSON.stringify(workspace)} days={workspace} inherited={defaults} />
              <p className="text-xs text-muted-foreground">
                {lastAt === null ? "Nothing has been looked through yet." : <>Looked for what is old enough <Moment at={lastAt} />.</>}
                {nextAt === null ? null : <> Next time <Moment at={nextAt} />.</>}
              </p>
            </div>
          </Card>
          <WorkflowDays retention={retention.data} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <SizeReport />
          <RemovalList />
        </div>
      </div>
    </div>
  );
}
