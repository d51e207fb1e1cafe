"use client";

import { keepPreviousData, queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import { useTRPCClient } from "@/components/data/trpc";
import { useWorkspace } from "@/components/shell/workspace-context";

export interface ValueRef {
  runId: string;
  /** Empty: the run itself. */
  path: string;
  attempt?: number;
  what: "input" | "output" | "error" | "trigger";
}

/** A stored value up to this size is loaded whole; the blob store begins here too. */
export const WHOLE_MAX_CHARACTERS = 262_144;

type Client = ReturnType<typeof useTRPCClient>;

export interface StoredText {
  /** Null: no such value was stored. */
  total: number | null;
  /** The whole text, or null when it is so large that it comes in slices. */
  text: string | null;
}

/** `version` is anything that changes when the value may have. */
export function storedTextOptions(client: Client, ref: ValueRef, version: string) {
  return queryOptions({
    queryKey: ["stored-value", ref, version],
    queryFn: async ({ signal }): Promise<StoredText> => {
      const first = await client.runs.value.query({ ...ref, limit: WHOLE_MAX_CHARACTERS }, { signal });
      return { total: first.total, text: first.next === null && first.total !== null ? first.text : null };
    },
    staleTime: Infinity,
  });
}

export function useValue(ref: ValueRef, version: string) {
  return useQuery(storedTextOptions(useTRPCClient(), ref, version));
}

export function loadValue(queryClient: QueryClient, client: Client, ref: ValueRef, version: string): Promise<StoredText> {
  return queryClient.fetchQuery(storedTextOptions(client, ref, version));
}

export const SLICE_MEMBERS = 100;

/** Members of one place in a value that is too large to be loaded whole. */
export function useSlice(ref: ValueRef, version: string, pointer: string, from: number) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: ["stored-slice", ref, version, pointer, from],
    queryFn: ({ signal }) => client.runs.slice.query({ ...ref, pointer, from, limit: SLICE_MEMBERS }, { signal }),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
}

/** Address of the whole stored text as a file. */
export function useDownloadAddress(): (ref: ValueRef) => string {
  const { current } = useWorkspace();
  return ({ runId, path, attempt, what }) => {
    const query = new URLSearchParams({ workspace: current.slug, runId, path, what, ...(attempt === undefined ? {} : { attempt: String(attempt) }) });
    return `/api/values?${query.toString()}`;
  };
}
