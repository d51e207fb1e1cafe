"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { LiveIndicator } from "@/components/runs/live-indicator";
import { PageHeader } from "@/components/shell/page-header";
import { useMayEverywhere, useWorkspace } from "@/components/shell/workspace-context";
import { useUrlState } from "@/components/shell/use-url-state";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import type { HealthWindow } from "@/server/home/contract";
import { ApprovalsCard } from "./approvals-card";
import { BacklogCard } from "./backlog-card";
import { Beginnings, useFirstWorkflow } from "./beginnings";
import { Guide } from "./guide";
import { useGuideRoom } from "./guide-room";
import { HealthSkeleton } from "./health-skeleton";
import { LatestFailures } from "./latest-failures";
import { RunChart } from "./run-chart";
import { SchedulesCard } from "./schedules-card";
import { StatusFigures } from "./status-figures";
import { WorkersCard } from "./workers-card";
import { FailingWorkflows, SlowestWorkflows } from "./workflow-ranks";
import { readWindow, WINDOWS, wordsOf } from "./windows";

/** Figures of a wide window cost more and move less. */
const REFRESH_AT_MOST_EVERY: Readonly<Record<HealthWindow, number>> = { hour: 2_000, day: 2_000, week: 10_000, month: 30_000 };

/** How the workspace is doing, at a glance; every figure leads to what it counts. */
export function HomePage() {
  const { params, change } = useUrlState();
  const window = readWindow(params.get("range"));
  const isBegun = useIsBegun();
  return (
    <>
      <PageHeader
        title="Home"
        meta={<LiveIndicator />}
        actions={
          <Select aria-label="Time range" className="w-40" value={window} options={WINDOWS} onValueChange={(range) => change({ range: range === "day" ? null : range })} />
        }
      />
      <div className="flex w-full max-w-7xl flex-col gap-4 px-4 py-4 sm:px-6">
        {isBegun ? (
          <>
            <Guide />
            <Beginnings />
          </>
        ) : <GuideRoom />}
        <HealthPart window={window} isBegun={isBegun} />
      </div>
    </>
  );
}

/** Where the guide will be, so that the figures stay where they are. */
function GuideRoom() {
  const height = useGuideRoom(useWorkspace().current.id);
  return height === 0 ? null : <div style={{ height }}><Skeleton className="h-full" /></div>;
}

/** What stands above the figures is known, so that they do not move once they are read. */
function useIsBegun(): boolean {
  const trpc = useTRPC();
  const guide = useQuery(trpc.home.guide.queryOptions());
  const first = useFirstWorkflow();
  return !guide.isPending && !first.isLoading;
}

function HealthPart({ window, isBegun }: { window: HealthWindow; isBegun: boolean }) {
  const trpc = useTRPC();
  const health = useQuery({ ...trpc.home.health.queryOptions({ window }), placeholderData: (previous) => previous });
  const mayHear = useMayEverywhere("settings:read");
  useLiveRefresh("runs", trpc.home.health.pathKey(), REFRESH_AT_MOST_EVERY[window]);
  if (health.isPending || !isBegun) return <HealthSkeleton />;
  if (health.isError) return <ErrorState error={health.error} retry={() => void health.refetch()} what="the figures" />;
  const { data } = health;
  return (
    <>
      <StatusFigures health={data} window={window} />
      <RunChart health={data} words={wordsOf(window)} />
      <div className="grid grid-cols-1 gap-4 md:grid-cols-2 xl:grid-cols-4">
        <BacklogCard />
        <ApprovalsCard />
        <SchedulesCard />
        {mayHear ? <WorkersCard /> : null}
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <FailingWorkflows workflows={data.failing} window={window} />
        <SlowestWorkflows workflows={data.slowest} window={window} />
      </div>
      <LatestFailures />
    </>
  );
}
