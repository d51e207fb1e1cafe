"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import type { DraftState } from "./draft-store";
import { missingProblems } from "./missing-problems";
import { useUnlessHeld } from "./use-unless-held";

/** The draft with what it names and is not there among its problems, live. */
export function useMissing(workflowId: string, draft: DraftState): DraftState {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.transfer.missing.queryOptions({ workflowId }));
  useLiveRefresh("workflows", trpc.transfer.missing.queryKey({ workflowId }));
  const { definition, problems: own } = draft;
  const found = useMemo(() => {
    const warnings = own === null || data === undefined ? [] : missingProblems(definition, data);
    return own === null || warnings.length === 0 ? own : [...own, ...warnings];
  }, [definition, own, data]);
  const problems = useUnlessHeld(found);
  return useMemo(() => (problems === draft.problems ? draft : { ...draft, problems }), [draft, problems]);
}
