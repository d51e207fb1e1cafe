"use client";

import { FilterX, PanelLeft } from "lucide-react";
import { MultiChoice } from "@/components/runs/multi-choice";
import { SearchField } from "@/components/shell/search-field";
import type { UrlChange } from "@/components/shell/use-url-state";
import { STATUS_LOOK } from "@/components/status/statuses";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { LAST_RUN_STATES } from "@/server/workflows/constants";
import { isNarrowed, NO_FILTER, type ListFilter } from "./list-filter";

const ANY = "any";
const STATES = [
  { value: ANY, label: "Published or not" },
  { value: "published", label: "Published" },
  { value: "changed", label: "Unpublished changes" },
  { value: "unpublished", label: "Not published" },
];
const SORTS = [
  { value: "updated", label: "Last edited" },
  { value: "run", label: "Last run" },
  { value: "created", label: "Newest" },
  { value: "name", label: "Name" },
];
const RUNS = LAST_RUN_STATES.map((value) => ({ value, label: value === "never" ? "Never run" : STATUS_LOOK[value].label }));

export interface ListFilterBarProps {
  filter: ListFilter;
  change: (change: UrlChange) => void;
  onShowPlaces: () => void;
}

export function ListFilterBar({ filter, change, onShowPlaces }: ListFilterBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2" role="search" aria-label="Filter workflows">
      <Button className="lg:hidden" onClick={onShowPlaces}>
        <PanelLeft aria-hidden />
        Folders and tags
      </Button>
      <SearchField label="Search workflows" value={filter.search} onSearch={(q) => change({ q })} className="w-full sm:w-72" />
      <MultiChoice label="Last run" options={RUNS} chosen={filter.lastRun} onChange={(run) => change({ run })} />
      <Select aria-label="Published" className="w-44" value={filter.state ?? ANY} onValueChange={(value) => change({ state: value === ANY ? null : value })} options={STATES} />
      <Select aria-label="Order" className="w-36" value={filter.sort} onValueChange={(value) => change({ sort: value === "updated" ? null : value })} options={SORTS} />
      {isNarrowed(filter) ? (
        <Button variant="ghost" onClick={() => change(NO_FILTER)}>
          <FilterX aria-hidden />
          Clear
        </Button>
      ) : null}
    </div>
  );
}
