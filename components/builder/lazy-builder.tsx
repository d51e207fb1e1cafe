"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";

export const LazyWorkflowSettings = dynamic(() => import("./workflow-settings").then((module) => module.WorkflowSettings), {
  loading: () => <Skeleton className="m-4 h-60" />,
});

/** The builder lives in the browser only; who may only look does not load it. */
export const LazyBuilder = dynamic(() => import("./builder"), {
  ssr: false,
  loading: () => (
    <div role="status" aria-label="Loading the canvas" className="size-full p-4">
      <Skeleton className="size-full" />
    </div>
  ),
});
