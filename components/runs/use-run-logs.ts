"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import type { RunLogLine } from "@/server/runs/contract";

const PAGE = 200;
/** More lines than this make a page slow; the older ones are left out, visibly. */
const SHOWN_LINES = 5_000;

interface Log {
  key: string;
  lines: RunLogLine[];
  cursor: string | undefined;
  hidden: number;
  state: "loading" | "ready" | "failed";
  error: unknown;
}

export interface RunLogsInput {
  runId: string;
  level: "debug" | "info" | "warn" | "error";
  /** Part of the messages; empty: all of them. */
  text: string;
  /** Changes whenever there may be new lines. */
  version: string;
}

/** The log from its beginning, and newer lines as they come. */
export function useRunLogs({ runId, level, text, version }: RunLogsInput): Log & { retry: () => void } {
  const client = useTRPCClient();
  const key = `${runId} ${level} ${text}`;
  const [log, setLog] = useState<Log>(() => emptyLog(key));
  const [tries, setTries] = useState(0);
  const current = log.key === key ? log : emptyLog(key);
  const begin = useEffectEvent(() => current);
  useEffect(() => {
    const stop = new AbortController();
    const load = async (from: Log) => {
      let state = from;
      for (;;) {
        const page = await client.runs.logs.query({ runId, level, limit: PAGE, cursor: state.cursor, ...(text === "" ? {} : { text }) }, { signal: stop.signal });
        if (stop.signal.aborted) return;
        state = withPage(state, page.items as RunLogLine[], page.nextCursor ?? state.cursor);
        setLog(state);
        if (page.items.length < PAGE || page.nextCursor === null) return;
      }
    };
    load(begin()).catch((error: unknown) => {
      if (!stop.signal.aborted) setLog((state) => ({ ...(state.key === key ? state : emptyLog(key)), state: "failed", error }));
    });
    return () => stop.abort();
  }, [client, key, runId, level, text, version, tries]);
  return { ...current, retry: () => setTries(tries + 1) };
}

function emptyLog(key: string): Log {
  return { key, lines: [], cursor: undefined, hidden: 0, state: "loading", error: null };
}

/** A line that is known already (two questions overlapped) is not added twice. */
function withPage(log: Log, items: RunLogLine[], cursor: string | undefined): Log {
  const known = new Set(log.lines.slice(-PAGE).map(({ id }) => id));
  const lines = [...log.lines, ...items.filter(({ id }) => !known.has(id))];
  const surplus = Math.max(0, lines.length - SHOWN_LINES);
  return { ...log, lines: lines.slice(surplus), hidden: log.hidden + surplus, cursor, state: "ready", error: null };
}
