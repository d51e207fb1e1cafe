"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";

export interface ValueRef {
  runId: string;
  /** Empty: the run itself. */
  path: string;
  attempt?: number;
  what: "input" | "output" | "error" | "trigger";
}

const SLICE = 65_536;

/** The stored text of a value, slice by slice. `version` is anything that changes when the value may have. */
export function useValue(ref: ValueRef, version: string) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  return useInfiniteQuery({
    queryKey: [...trpc.runs.value.pathKey(), ref, version],
    queryFn: ({ pageParam, signal }) => client.runs.value.query({ ...ref, offset: pageParam, limit: SLICE }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next,
    staleTime: Infinity,
  });
}
