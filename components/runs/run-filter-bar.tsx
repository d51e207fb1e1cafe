"use client";

import { FilterX, X } from "lucide-react";
import Link from "next/link";
import dynamic from "next/dynamic";
import { SearchField } from "@/components/shell/search-field";
import type { UrlChange } from "@/components/shell/use-url-state";
import { useHref } from "@/components/shell/workspace-context";
import { STATUS_LOOK } from "@/components/status/statuses";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { WorkflowPicker } from "@/components/workflows/workflow-picker";
import { RUN_STATUSES } from "@/server/runs/constants";
import { MultiChoice } from "./multi-choice";
import { MoreFilters } from "./more-filters";
import { isFiltered, RANGES, SEARCHED_TEXT, textProblem, type RunFilter } from "./run-filter";
import { TRIGGERS } from "./triggers";

const CustomRange = dynamic(() => import("./custom-range").then((module) => module.CustomRange), { ssr: false });

const ANY = "any";

const STATUS_OPTIONS = RUN_STATUSES.map((value) => ({ value, label: STATUS_LOOK[value].label }));
const MODE_OPTIONS = [
  { value: ANY, label: "Production and tests" },
  { value: "production", label: "Production" },
  { value: "test", label: "Tests" },
];
const RANGE_OPTIONS = [{ value: ANY, label: "Any time" }, ...RANGES, { value: "custom", label: "Between …" }];

export interface RunFilterBarProps {
  filter: RunFilter;
  change: (change: UrlChange) => void;
  clear: () => void;
}

/** Every filter lives in the address: the list can be shared and comes back as it was. */
export function RunFilterBar({ filter, change, clear }: RunFilterBarProps) {
  const unlessAny = (value: string) => (value === ANY ? null : value);
  const chooseRange = (value: string) => {
    if (value === "custom") change({ range: null, from: new Date(Date.now() - RANGES[1].milliseconds).toISOString() });
    else change({ range: unlessAny(value), from: null, to: null });
  };
  const problem = textProblem(filter.text);
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 py-3 sm:px-6" role="search" aria-label="Filter runs">
      <SearchField value={filter.text} onSearch={(text) => change({ q: text === "" ? null : text })} label="Search input, output, error or id" className="min-w-56 flex-1 sm:max-w-80 max-sm:w-full max-sm:flex-none" />
      <WorkflowPicker aria-label="Workflow" className="w-48 max-sm:w-full" value={filter.workflowId ?? null} none="All workflows" onPick={(workflow) => change({ workflow: workflow?.id ?? null, version: null })} />
      <MultiChoice label="Status" options={STATUS_OPTIONS} chosen={filter.status} onChange={(status) => change({ status })} />
      <MultiChoice label="Trigger" options={TRIGGERS} chosen={filter.trigger} onChange={(trigger) => change({ trigger })} />
      <Select aria-label="Mode" className="w-50 max-sm:w-[calc(50%-0.25rem)]" value={filter.mode ?? ANY} onValueChange={(value) => change({ mode: unlessAny(value) })} options={MODE_OPTIONS} />
      <Select aria-label="Time range" className="w-36 max-sm:w-[calc(50%-0.25rem)]" value={filter.range ?? ANY} onValueChange={chooseRange} options={RANGE_OPTIONS} />
      {filter.range === "custom" ? <CustomRange from={filter.from} to={filter.to} change={change} /> : null}
      <MoreFilters filter={filter} change={change} />
      {filter.parentRunId === undefined ? null : <BegunBy runId={filter.parentRunId} all={() => change({ parent: null })} />}
      {isFiltered(filter) ? (
        <Button variant="ghost" onClick={clear}>
          <FilterX aria-hidden />
          Clear
        </Button>
      ) : null}
      <p role="status" className={problem === null ? "sr-only" : "basis-full text-xs text-muted-foreground"}>{problem}</p>
      {filter.text.trim() === "" || problem !== null ? null : <p className="basis-full text-xs text-muted-foreground">{SEARCHED_TEXT}</p>}
    </div>
  );
}

function BegunBy({ runId, all }: { runId: string; all: () => void }) {
  const href = useHref();
  return (
    <span className="flex h-9 items-center gap-1 rounded-md border border-input pl-3 text-sm">
      <Link href={href(`/runs/${runId}`)} className="text-primary underline-offset-4 hover:underline">Begun by one run</Link>
      <Button variant="ghost" size="icon-sm" aria-label="Whichever run began them" onClick={all}><X aria-hidden /></Button>
    </span>
  );
}
