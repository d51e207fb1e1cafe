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

/** After a question that failed. */
const AGAIN_MS = 10_000;
/** Then it is asked with the next change alone. */
const MOST_FAILURES = 5;

/** How many items the lists have that these steps gave, by node. What a step gave stays as it is: each is asked for once. */
export function useItemCounts(steps: readonly GivenStep[]): ReadonlyMap<string, number> {
  const client = useTRPCClient();
  const asked = useRef(new Set<string>());
  const [known, setKnown] = useState<ReadonlyMap<string, number>>(new Map());
  const [round, setRound] = useState(0);
  const failures = useRef(0);
  const ask = useEffectEvent(async () => {
    const failed = failures.current;
    const missing = steps.filter((step) => !asked.current.has(keyOf(step))).slice(0, PATHS_MAX);
    for (const step of missing) asked.current.add(keyOf(step));
    for (const runId of new Set(missing.map((step) => step.runId))) {
      const own = missing.filter((step) => step.runId === runId);
      const counts = await client.runs.counts.query({ runId, paths: own.map(({ path }) => path) }).catch(() => null);
      if (counts === null) {
        for (const step of own) asked.current.delete(keyOf(step));
        failures.current += 1;
      } else setKnown((before) => new Map([...before, ...own.flatMap((step) => (counts[step.path] === undefined ? [] : [[keyOf(step), counts[step.path]!] as const]))]));
    }
    if (failures.current > failed) return failures.current < MOST_FAILURES ? AGAIN_MS : null;
    return steps.some((step) => !asked.current.has(keyOf(step))) ? 0 : null;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    void ask().then((wait) => {
      if (wait !== null && !isOver) timer = setTimeout(() => setRound((n) => n + 1), wait);
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [steps, round]);
  return useMemo(() => new Map(steps.flatMap((step) => (known.has(keyOf(step)) ? [[step.id, known.get(keyOf(step))!] as const] : []))), [steps, known]);
}

function keyOf({ runId, path, attempt }: GivenStep): string {
  return `${runId} ${attempt} ${path}`;
}
