"use client";

import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { Button } from "@/components/ui/button";

export interface LoadMoreProps {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: (options: { throwOnError: boolean }) => Promise<unknown>;
}

export function LoadMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: LoadMoreProps) {
  const [problem, setProblem] = useState<string | null>(null);
  if (!hasNextPage) return null;
  const load = () => {
    setProblem(null);
    // The query itself keeps the pages that it has and is no failed one.
    fetchNextPage({ throwOnError: true }).catch((error: unknown) => setProblem(readRefusal(error).message));
  };
  return (
    <div className="flex flex-wrap items-center justify-center gap-3 p-4">
      <Button onClick={load} disabled={isFetchingNextPage}>
        {isFetchingNextPage ? "Loading …" : "Show more"}
      </Button>
      {problem === null || isFetchingNextPage ? null : <p role="alert" className="text-sm text-destructive">More could not be loaded: {problem}</p>}
    </div>
  );
}
