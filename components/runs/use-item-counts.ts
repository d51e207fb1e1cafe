"use client";

import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { useTRPCClient } from "@/components/data/trpc";

/** A step that succeeded, by the node that it is shown at. */
export interface GivenStep {
  id: string;
  runId: string;
  path: string;
  attempt: number;
}

/** One question asks for as many. */
const PATHS_MAX = 1_000;

/** How many items the lists have that these steps gave, by node. What a step gave stays as it is: each is asked for once. */
export function useItemCounts(steps: readonly GivenStep[]): ReadonlyMap<string, number> {
  const client = useTRPCClient();
  const asked = useRef(new Set<string>());
  const [known, setKnown] = useState<ReadonlyMap<string, number>>(new Map());
  const ask = useEffectEvent(async () => {
    const missing = steps.filter((step) => !asked.current.has(keyOf(step))).slice(0, PATHS_MAX);
    for (const step of missing) asked.current.add(keyOf(step));
    for (const runId of new Set(missing.map((step) => step.runId))) {
      const own = missing.filter((step) => step.runId === runId);
      const counts = await client.runs.counts.query({ runId, paths: own.map(({ path }) => path) }).catch(() => null);
      // It is asked again with the next change.
      if (counts === null) for (const step of own) asked.current.delete(keyOf(step));
      else setKnown((before) => new Map([...before, ...own.flatMap((step) => (counts[step.path] === undefined ? [] : [[keyOf(step), counts[step.path]!] as const]))]));
    }
  });
  useEffect(() => void ask(), [steps]);
  return useMemo(() => new Map(steps.flatMap((step) => (known.has(keyOf(step)) ? [[step.id, known.get(keyOf(step))!] as const] : []))), [steps, known]);
}

function keyOf({ runId, path, attempt }: GivenStep): string {
  return `${runId} ${attempt} ${path}`;
}
