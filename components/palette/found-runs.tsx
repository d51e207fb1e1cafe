"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { textProblem } from "@/components/runs/run-filter";
import { StatusIcon } from "@/components/status/status-badge";
import { STATUS_LOOK, asStatus } from "@/components/status/statuses";
import { Moment } from "@/components/time/moment";
import { CommandGroup, CommandItem } from "@/components/ui/command";
import { RUN_STATUSES } from "@/server/runs/constants";
import type { RunSummary } from "@/server/runs/contract";
import { Loading } from "./loading";
import { fits } from "./search";

const NEWEST_RUNS = 50;
const RUNS_SHOWN = 5;

interface FoundRunsProps {
  query: string;
  /** The query once the person stops typing. */
  search: string;
  /** The first workflow that was found for it. */
  workflowId: string | undefined;
  go: (path: string) => void;
}

/** The newest runs whose workflow or status fits, of all that there are; and of all runs those with the words in their input, output or error, as the list of runs finds them. */
export function FoundRuns({ query, search, workflowId, go }: FoundRunsProps) {
  const trpc = useTRPC();
  const newest = useQuery(trpc.runs.list.queryOptions({ limit: NEWEST_RUNS }));
  const isSearched = search !== "" && textProblem(search) === null;
  const byValue = useQuery({ ...trpc.runs.list.queryOptions(isSearched ? { text: search, limit: RUNS_SHOWN } : skipToken), placeholderData: keepPreviousData });
  // However old they are.
  const statuses = search === "" ? [] : RUN_STATUSES.filter((status) => fits(search, status, STATUS_LOOK[status].label));
  const byStatus = useQuery(trpc.runs.list.queryOptions(statuses.length === 0 ? skipToken : { status: statuses, limit: RUNS_SHOWN }));
  const byWorkflow = useQuery(trpc.runs.list.queryOptions(search === "" || workflowId === undefined ? skipToken : { workflowId, limit: RUNS_SHOWN }));
  const fitting = (newest.data?.items ?? []).filter(({ workflow, status }) => fits(query, "run", workflow?.name ?? "Run of a file", status));
  const recent = withoutRepeats([...fitting, ...(byStatus.data?.items ?? []), ...(byWorkflow.data?.items ?? [])]).toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1)).slice(0, RUNS_SHOWN);
  const known = new Set(recent.map(({ id }) => id));
  const others = isSearched ? (byValue.data?.items ?? []).filter(({ id }) => !known.has(id)) : [];
  if (newest.isPending || byStatus.isLoading || byWorkflow.isLoading) return <Loading heading="Recent runs" />;
  return (
    <>
      <Runs heading="Recent runs" runs={recent} go={go} />
      {isSearched && byValue.isPending ? <Loading heading="Runs by their values" /> : <Runs heading="Runs by their values" runs={others} go={go} />}
      {newest.isError || (isSearched && byValue.isError) ? <p role="alert" className="px-2 py-1.5 text-sm text-muted-foreground">Runs cannot be searched just now.</p> : null}
    </>
  );
}

function withoutRepeats(runs: readonly RunSummary[]): RunSummary[] {
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}

function Runs({ heading, runs, go }: { heading: string; runs: readonly RunSummary[]; go: FoundRunsProps["go"] }) {
  if (runs.length === 0) return null;
  return (
    <CommandGroup heading={heading}>
      {runs.map(({ id, workflow, status, createdAt }) => (
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
