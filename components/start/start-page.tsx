"use client";

import { useQuery } from "@tanstack/react-query";
import { CirclePlay } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Startable } from "@/server/runs/contract";
import { OwnRuns } from "./own-runs";
import { StartDialog } from "./start-dialog";

/** What somebody may start without seeing how it works, and what came of it. */
export function StartPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.startable.queryOptions());
  const [chosen, choose] = useState<Startable | null>(null);
  return (
    <div className="flex flex-1 flex-col">
      <PageHeader title="Start" />
      <div className="mx-auto flex w-full max-w-4xl flex-col gap-8 p-4 sm:p-6">
        <section aria-label="Workflows to start">
          {query.isPending ? (
            <SkeletonRows count={3} />
          ) : query.isError ? (
            <ErrorState error={query.error} retry={() => void query.refetch()} what="the workflows" />
          ) : query.data.length === 0 ? (
            <EmptyState icon={CirclePlay} title="Nothing to start yet">
              A workflow stands here once its settings say that it may be started without being seen.
            </EmptyState>
          ) : (
            <ul className="divide-y rounded-lg border">
              {query.data.map((one) => (
                <li key={one.workflowId} className="flex items-center gap-3 px-4 py-3">
                  <div className="min-w-0 flex-1">
                    <h2 className="truncate text-sm font-medium">{one.name}</h2>
                    {one.description === "" ? null : <p className="text-xs text-muted-foreground">{one.description}</p>}
                  </div>
                  <Button onClick={() => choose(one)} aria-label={`Start ${one.name}`}>
                    <CirclePlay aria-hidden />
                    Start
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </section>
        <OwnRuns />
      </div>
      {chosen === null ? null : <StartDialog key={chosen.workflowId} workflow={chosen} close={() => choose(null)} />}
    </div>
  );
}
