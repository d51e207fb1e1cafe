"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Activity, Download, FilterX } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useEffect, useEffectEvent, useMemo, useRef, useState, type RefObject } from "react";
import { ErrorState } from "@/components/data/error-state";
import { saveFile } from "@/components/data/save-file";
import { useTRPC } from "@/components/data/trpc";
import { RestingList } from "@/components/live/resting-list";
import { useLiveRefresh } from "@/components/live/use-live";
import { LIVE_PAGES, useRestOfPages } from "@/components/live/use-rest";
import { choose, type Chosen, lookAt, NONE_CHOSEN, unchoose } from "@/components/shell/chosen";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useUrlState, type UrlChange } from "@/components/shell/use-url-state";
import { useHref, useWorkspace } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { BATCH_LABEL } from "@/server/batches/constants";
import { MAX_BULK_RUNS } from "@/server/runs/constants";
import type { RunSummary } from "@/server/runs/contract";
import { LiveIndicator } from "./live-indicator";
import { NewRuns } from "./new-runs";
import { exportAddress, FILTER_PARAMS, filterQuery, isFiltered, readRunFilter, SEARCHED_TEXT, toListInput, type RunFilter } from "./run-filter";
import { RunFilterBar } from "./run-filter-bar";
import { RunTable } from "./run-table";
import { SavedViews } from "./saved-views";

/** Loaded after the list: it draws more slowly than the list reads. */
const BatchProgress = dynamic(() => import("@/components/batches/batch-progress").then((module) => module.BatchProgress), { ssr: false });
const BulkJobs = dynamic(() => import("./bulk-jobs").then((module) => module.BulkJobs), { ssr: false });
const BulkBar = dynamic(() => import("./bulk-bar").then((module) => module.BulkBar), { ssr: false });
const HistoryChart = dynamic(() => import("./history-chart").then((module) => module.HistoryChart), { ssr: false, loading: () => <ChartPlace /> });

/** The chart comes after the list that somebody waits for, and moves nothing when it comes. */
function ChartPlace() {
  return <Skeleton className="mb-3 h-36 w-full" />;
}

/** How often a range that ends now begins later. */
const MOVES_ON_MILLISECONDS = 60_000;

export function RunsPage() {
  const { params, change } = useUrlState();
  const { current } = useWorkspace();
  const [isPaused, setPaused] = useState(false);
  const [chosen, setChosen] = useState<Chosen<RunSummary>>(NONE_CHOSEN);
  const focusRef = useRef(false);
  const query = params.toString();
  const filter = useMemo(() => readRunFilter(new URLSearchParams(query)), [query]);
  const clear = () => change(Object.fromEntries(FILTER_PARAMS.map((name) => [name, null])));
  const download = () => saveFile(exportAddress(current.slug, toListInput(filter, Date.now())));
  return (
    <>
      <PageHeader
        title="Runs"
        meta={<LiveIndicator isPaused={isPaused} />}
        actions={
          <>
            <SavedViews query={filterQuery(new URLSearchParams(query))} />
            <Button onClick={download}>
              <Download aria-hidden />
              CSV
            </Button>
          </>
        }
      />
      <RunFilterBar filter={filter} change={change} clear={clear} />
      <div className="px-4 sm:px-6"><BulkJobs /></div>
      <RunList key={filter.range ?? ""} filter={filter} change={change} clear={clear} onPaused={setPaused} chosen={chosen} setChosen={setChosen} focusRef={focusRef} />
    </>
  );
}

interface RunListProps {
  filter: RunFilter;
  change: (change: UrlChange) => void;
  clear: () => void;
  onPaused: (isPaused: boolean) => void;
  /** It outlives another filter. */
  chosen: Chosen<RunSummary>;
  setChosen: (chosen: Chosen<RunSummary>) => void;
  /** Of the chart. */
  focusRef: RefObject<boolean>;
}

function RunList({ filter, change, clear, onPaused, chosen, setChosen, focusRef }: RunListProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // A range counts back from now; while further pages are shown, from when they were asked for, so that they fit together.
  const [openedAt, setOpenedAt] = useState(() => Date.now());
  const input = toListInput(filter, openedAt);
  const options = trpc.runs.list.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor, placeholderData: (previous) => previous });
  const runs = useInfiniteQuery(options);
  const pages = runs.data?.pages ?? [];
  const isPaused = pages.length > LIVE_PAGES;
  const movesOn = filter.range !== undefined && filter.range !== "custom" && pages.length <= 1;
  useEffect(() => {
    if (!movesOn) return;
    const timer = setInterval(() => setOpenedAt(Date.now()), MOVES_ON_MILLISECONDS);
    return () => clearInterval(timer);
  }, [movesOn]);
  useLiveRefresh(isPaused ? null : "runs", trpc.runs.list.pathKey());
  const tellPaused = useEffectEvent(onPaused);
  useEffect(() => tellPaused(isPaused), [isPaused]);
  // Until another filter is answered, the runs of the one before show.
  const asked = JSON.stringify(filter);
  const [answered, setAnswered] = useState(asked);
  if (!runs.isPlaceholderData && answered !== asked) setAnswered(asked);
  const { rows: items, gone, resting } = useRestOfPages(runs, answered);
  const searchedTo = pages.at(-1)?.searchedTo ?? null;
  const look = lookAt(chosen, items);
  const pick = (some: readonly RunSummary[], isChosen: boolean) => {
    if (!isChosen) return setChosen(unchoose(chosen, some.map(({ id }) => id)));
    const next = choose(chosen, some, MAX_BULK_RUNS);
    if (next.left > 0) toast.info(`${MAX_BULK_RUNS} runs can be chosen at once: ${next.left} of these ${next.left === 1 ? "is" : "are"} left out.`);
    setChosen(next.chosen);
  };
  return (
    <div className="px-4 pb-8 sm:px-6">
      {batchesOf(filter).map((name) => <BatchProgress key={name} name={name} />)}
      {runs.isPending ? <ChartPlace /> : <HistoryChart input={input} onRange={(from, to) => change({ range: null, from, to })} focusRef={focusRef} />}
      {chosen.size === 0 ? null : <BulkBar chosen={look.items} hidden={look.hidden} dropHidden={() => pick(look.hidden, false)} clear={() => setChosen(NONE_CHOSEN)} beyond={runs.hasNextPage && items.every(({ id }) => chosen.has(id)) ? input : null} />}
      {runs.isPending ? (
        <SkeletonRows count={8} />
      ) : runs.isError ? (
        <ErrorState error={runs.error} retry={() => void runs.refetch()} what="the runs" />
      ) : items.length === 0 && searchedTo === null ? (
        <NoRuns isFiltered={isFiltered(filter)} isSearched={filter.text.trim() !== ""} clear={clear} />
      ) : (
        <>
          {isPaused ? <NewRuns showNew={() => void queryClient.resetQueries({ queryKey: options.queryKey })} /> : null}
          <RestingList {...resting}>
            <RunTable runs={items} gone={gone} choice={{ chosen, choose: pick }} />
          </RestingList>
          {searchedTo === null ? null : (
            <p role="status" className="p-3 text-center text-sm text-muted-foreground">
              Searched back to <Moment at={searchedTo} />. Show more to go on from there.
            </p>
          )}
          <LoadMore {...runs} />
        </>
      )}
    </div>
  );
}

function batchesOf({ labels }: RunFilter): string[] {
  const prefix = `${BATCH_LABEL}=`;
  return labels.filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length)).filter((name) => name !== "");
}

function NoRuns({ isFiltered: filtered, isSearched, clear }: { isFiltered: boolean; isSearched: boolean; clear: () => void }) {
  const href = useHref();
  if (filtered) {
    return (
      <EmptyState icon={FilterX} title="No run fits the filter" actions={<Button onClick={clear}>Show all runs</Button>}>
        Runs older than the workspace keeps them are gone for good.{isSearched ? ` ${SEARCHED_TEXT}` : ""}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Activity}
      title="Nothing has run yet"
      actions={
        <Button variant="primary" asChild>
          <Link href={href("/workflows")}>Choose a workflow</Link>
        </Button>
      }
    >
      Every run of every workflow shows here with its status, its input and all of its steps. Open a workflow and press Run.
    </EmptyState>
  );
}
