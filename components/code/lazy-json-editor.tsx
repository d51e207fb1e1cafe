"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";

export const LazyJsonEditor = dynamic(() => import("./json-editor"), {
  ssr: false,
  loading: () => (
    <div role="status" aria-label="Loading the editor" className="size-full p-4">
      <Skeleton className="size-full" />
    </div>
  ),
});
