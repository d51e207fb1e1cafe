"use client";

import { RotateCw, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export interface BrokenProps {
  error: unknown;
  retry: () => void;
}

const ASK_EVERY_MS = 2_000;

/** Whether the server cannot do its work; once it can again, the page is tried again. A page that fails while it can is left to whoever reads it. */
function useReturn(retry: () => void): boolean {
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    let timer: number | undefined;
    let wasAway = false;
    const stop = new AbortController();
    const ask = async () => {
      const isThere = await fetch("/api/health", { signal: stop.signal }).then(({ ok }) => ok, () => false);
      if (stop.signal.aborted) return;
      if (isThere && wasAway) retry();
      wasAway = !isThere;
      setAway(wasAway);
      if (wasAway) timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    void ask();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [retry]);
  return isAway;
}

/** A page that failed. What went wrong is in the server's log under the digest. */
export function Broken({ error, retry }: BrokenProps) {
  const isAway = useReturn(retry);
  const digest = error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : null;
  return (
    <EmptyState
      icon={TriangleAlert}
      title="This page could not be shown"
      actions={
        <Button onClick={retry}>
          <RotateCw aria-hidden />
          Try again
        </Button>
      }
    >
      <p role="alert">
        {isAway ? "The server or its database cannot be reached just now; this page comes back by itself. " : "The server or its database may be restarting. "}
        Nothing you saved is lost.
      </p>
      {digest === null ? null : <p className="mt-2 font-mono text-xs">Reference {digest}</p>}
    </EmptyState>
  );
}
