"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { runIdIn } from "@/components/palette/search";
import { useSettled } from "@/components/palette/use-settled";
import { textProblem } from "@/components/runs/run-filter";
import { LoadMore } from "@/components/shell/load-more";
import { StatusIcon } from "@/components/status/status-badge";
import { asStatus, STATUS_LOOK } from "@/components/status/statuses";
import { Moment } from "@/components/time/moment";
import { Command, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { Segments } from "@/components/ui/segments";
import { SkeletonRows } from "@/components/ui/skeleton";

const PAUSE_MILLISECONDS = 150;
const PAGE = 20;

type Which = "all" | "failed" | "test";
const WHICH = [
  { value: "all", label: "All" },
  { value: "failed", label: "Failed" },
  { value: "test", label: "Tests" },
] as const;

export interface RunChoicesProps {
  workflowId: string;
  /** Null: no other than the last test is shown. */
  chosen: string | null;
  onPick: (runId: string | null) => void;
}

/** Runs of one workflow to look at, found by what went in and came out, or by their id. */
export function RunChoices({ workflowId, chosen, onPick }: RunChoicesProps) {
  const trpc = useTRPC();
  const [query, setQuery] = useState("");
  const [which, setWhich] = useState<Which>("all");
  const asked = query.trim();
  // Whatever stands around a pasted id, such as an address, is left out.
  const text = useSettled(runIdIn(asked) ?? asked, PAUSE_MILLISECONDS);
  const problem = textProblem(text);
  const found = useInfiniteQuery({
    ...trpc.runs.list.infiniteQueryOptions(
      { workflowId, limit: PAGE, ...(text === "" ? {} : { text }), ...(which === "failed" ? { status: ["failed" as const] } : which === "test" ? { mode: "test" as const } : {}) },
      { getNextPageParam: (page) => page.nextCursor },
    ),
    enabled: problem === null,
    placeholderData: keepPreviousData,
  });
  const items = problem === null ? (found.data?.pages.flatMap((page) => page.items) ?? []) : [];
  return (
    <Command label="Runs">
      <CommandInput value={query} onValueChange={setQuery} placeholder="A value in it, or a run id" aria-label="Search runs" maxLength={200} autoFocus />
      <div className="border-b p-2">
        <Segments label="Which runs" value={which} onChange={setWhich} options={WHICH} />
      </div>
      <CommandList>
        {chosen === null ? null : <CommandItem value="last test" onSelect={() => onPick(null)}>Back to the last test</CommandItem>}
        {problem !== null ? <p className="px-2 py-1.5 text-sm text-muted-foreground">{problem}</p> : null}
        {problem !== null ? null : found.isPending ? <SkeletonRows count={4} /> : found.isError ? <ErrorState error={found.error} retry={() => void found.refetch()} what="the runs" /> : null}
        {items.map(({ id, status, mode, createdAt, failure, trigger }) => (
          <CommandItem key={id} value={id} onSelect={() => onPick(id)} className={id === chosen ? "font-medium" : undefined}>
            <StatusIcon status={asStatus(status)} />
            <span className="flex min-w-0 flex-1 flex-col">
              <span className="flex items-baseline gap-2">
                <span className="truncate">{STATUS_LOOK[asStatus(status)].label}</span>
                <span className="ml-auto shrink-0 text-xs text-muted-foreground">{mode === "test" ? "test" : trigger} · <Moment at={createdAt} /></span>
              </span>
              {failure === null ? null : <span className="truncate text-xs text-muted-foreground">{failure.message}</span>}
            </span>
          </CommandItem>
        ))}
        {problem === null && found.isSuccess && items.length === 0 ? <p className="px-2 py-1.5 text-sm text-muted-foreground">{text === "" ? "There is no such run yet." : `No run of this workflow holds “${text}”.`}</p> : null}
        {problem === null ? <LoadMore {...found} /> : null}
      </CommandList>
    </Command>
  );
}
