"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";

/** The canvas lives in the browser only, and pages without one do not load it. */
export const LazyCanvas = dynamic(() => import("./canvas"), {
  ssr: false,
  loading: () => (
    <div role="status" aria-label="Loading the canvas" className="size-full p-4">
      <Skeleton className="size-full" />
    </div>
  ),
});
