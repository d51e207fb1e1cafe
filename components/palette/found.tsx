"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { useTRPC } from "@/components/data/trpc";
import { StatusIcon } from "@/components/status/status-badge";
import { STATUS_LOOK, asStatus } from "@/components/status/statuses";
import { Moment } from "@/components/time/moment";
import { CommandGroup, CommandItem } from "@/components/ui/command";
import { Skeleton } from "@/components/ui/skeleton";
import { fits } from "./search";
import { useSettled } from "./use-settled";

const WORKFLOWS_SHOWN = 6;
const RUNS_SHOWN = 5;
const PAUSE_MILLISECONDS = 150;

interface FoundProps {
  query: string;
  go: (path: string) => void;
}

/** The server looks for them, once the person stops typing. `isSettled`: what was found is for these very words. */
function useFoundWorkflows(query: string) {
  const trpc = useTRPC();
  const search = useSettled(query, PAUSE_MILLISECONDS);
  const found = useQuery({ ...trpc.workflows.list.queryOptions({ search: search || undefined, limit: WORKFLOWS_SHOWN }), placeholderData: keepPreviousData });
  return { search, found, isSettled: search === query && !found.isPlaceholderData && !found.isPending };
}

/** Workflows, and below them runs: those wait for the workflows, so that none pushes in above what is about to be chosen. */
export function Found(props: FoundProps & { withRuns: boolean }) {
  const { search, found, isSettled } = useFoundWorkflows(props.query);
  return (
    <>
      <FoundWorkflows {...props} search={search} found={found} isSettled={isSettled} />
      {props.withRuns && isSettled ? <FoundRuns {...props} /> : null}
    </>
  );
}

function FoundWorkflows({ query, go, search, found, isSettled }: FoundProps & ReturnType<typeof useFoundWorkflows>) {
  // What was found for other words stays only where it fits these.
  const items = (found.data?.items ?? []).filter(({ name }) => isSettled || fits(query, name));
  if (found.isPending) return <Loading heading="Workflows" />;
  if (found.isError) return <p role="alert" className="px-2 py-1.5 text-sm text-muted-foreground">Workflows cannot be searched just now.</p>;
  if (items.length === 0) return search === "" || !isSettled ? null : <p className="px-2 py-1.5 text-sm text-muted-foreground">{`No workflow fits “${search}”.`}</p>;
  return (
    <CommandGroup heading="Workflows">
      {items.map(({ id, name, archivedAt }) => (
        <CommandItem key={id} value={`workflow ${id}`} onSelect={() => go(`/workflows/${id}`)}>
          <Workflow aria-hidden />
          <span className="min-w-0 flex-1 truncate">{name}</span>
          {archivedAt === null ? null : <span className="text-xs text-muted-foreground">archived</span>}
        </CommandItem>
      ))}
    </CommandGroup>
  );
}

/** The newest runs whose workflow or status fits. */
function FoundRuns({ query, go }: FoundProps) {
  const trpc = useTRPC();
  const found = useQuery(trpc.runs.list.queryOptions({ limit: 50 }));
  const items = (found.data?.items ?? []).filter(({ workflow, status }) => fits(query, "run", workflow?.name ?? "Run of a file", status)).slice(0, RUNS_SHOWN);
  if (found.isPending) return <Loading heading="Recent runs" />;
  if (items.length === 0) return null;
  return (
    <CommandGroup heading="Recent runs">
      {items.map(({ id, workflow, status, createdAt }) => (
        <CommandItem key={id} value={`run ${id}`} onSelect={() => go(`/runs/${id}`)}>
          <StatusIcon status={status} />
          <span className="min-w-0 flex-1 truncate">{workflow?.name ?? "Run of a file"}</span>
          <span className="sr-only">{STATUS_LOOK[asStatus(status)].label}</span>
          <Moment at={createdAt} className="shrink-0 text-xs text-muted-foreground" />
        </CommandItem>
      ))}
    </CommandGroup>
  );
}

function Loading({ heading }: { heading: string }) {
  return (
    <div role="status" aria-label={`Loading ${heading.toLowerCase()}`} className="flex flex-col gap-2 p-2">
      <Skeleton className="h-4 w-24" />
      <Skeleton className="h-7" />
      <Skeleton className="h-7" />
    </div>
  );
}
