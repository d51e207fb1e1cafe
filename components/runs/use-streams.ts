"use client";

import { useState } from "react";
import { useLive } from "@/components/live/use-live";

const MAX_CHARACTERS = 100_000;
const NONE: ReadonlyMap<string, string> = new Map();

/** Text that running steps send as they make it (LLM tokens), by path. Not stored: it is gone after a reload, the result is not. */
export function useStreams(runId: string | null): ReadonlyMap<string, string> {
  const [streams, setStreams] = useState<{ runId: string | null; texts: ReadonlyMap<string, string> }>({ runId, texts: NONE });
  const add = (path: string, chunk: string) =>
    setStreams((current) => {
      const texts = current.runId === runId ? current.texts : NONE;
      return { runId, texts: new Map(texts).set(path, ((texts.get(path) ?? "") + chunk).slice(-MAX_CHARACTERS)) };
    });
  useLive(runId === null ? null : `run:${runId}`, () => undefined, ({ path, chunk }) => add(path, chunk));
  return streams.runId === runId ? streams.texts : NONE;
}
