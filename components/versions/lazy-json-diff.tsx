"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";

export const LazyJsonDiff = dynamic(() => import("./json-diff"), {
  ssr: false,
  loading: () => (
    <div role="status" aria-label="Loading the comparison" className="size-full p-4">
      <Skeleton className="size-full" />
    </div>
  ),
});
