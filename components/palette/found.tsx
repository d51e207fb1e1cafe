"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { useTRPC } from "@/components/data/trpc";
import { CommandGroup, CommandItem } from "@/components/ui/command";
import { FoundRuns } from "./found-runs";
import { Loading } from "./loading";
import { fits } from "./search";
import { useSettled } from "./use-settled";

const WORKFLOWS_SHOWN = 6;
const PAUSE_MILLISECONDS = 150;

export interface FoundProps {
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
      {props.withRuns && isSettled ? <FoundRuns {...props} search={search} workflowId={found.data?.items[0]?.id} /> : null}
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
