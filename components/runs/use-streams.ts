"use client";

import { useState } from "react";
import { useLive } from "@/components/live/use-live";

const MAX_CHARACTERS = 100_000;

/** Text that running steps send as they make it (LLM tokens), by path. Not stored: it is gone after a reload, the result is not. */
export function useStreams(runId: string): ReadonlyMap<string, string> {
  const [streams, setStreams] = useState<ReadonlyMap<string, string>>(new Map());
  useLive(
    `run:${runId}`,
    () => undefined,
    ({ path, chunk }) => setStreams((current) => new Map(current).set(path, ((current.get(path) ?? "") + chunk).slice(-MAX_CHARACTERS))),
  );
  return streams;
}
