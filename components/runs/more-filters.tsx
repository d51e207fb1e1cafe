"use client";

import { SlidersHorizontal } from "lucide-react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { MoreFiltersProps } from "./more-filter-fields";
import { countOfMore } from "./run-filter";

const MoreFilterFields = dynamic(() => import("./more-filter-fields").then((module) => module.MoreFilterFields), { ssr: false, loading: () => <SkeletonRows count={4} /> });

/** Filters that are needed less often. */
export function MoreFilters({ filter, change }: MoreFiltersProps) {
  const count = countOfMore(filter);
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button className="border-input font-normal">
          <SlidersHorizontal aria-hidden />
          More{count > 0 ? ` (${count})` : ""}
        </Button>
      </PopoverTrigger>
      <PopoverContent className="w-80 max-w-[calc(100vw-2rem)]" aria-label="More filters">
        <MoreFilterFields filter={filter} change={change} />
      </PopoverContent>
    </Popover>
  );
}
