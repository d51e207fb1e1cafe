"use client";

import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { formatSize } from "@/components/time/format";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Skeleton } from "@/components/ui/skeleton";
import { decodeValue } from "@/server/expressions/decoding";
import { JsonTree } from "./json-tree";
import { useValue, type ValueRef } from "./use-value";

/** A stored value as tree or as text; a large one comes in slices, and as a tree once all of it is there. */
export function ValueView({ value, version, label }: { value: ValueRef; version: string; label: string }) {
  const query = useValue(value, version);
  const [isRaw, setRaw] = useState(false);
  if (query.isPending) return <Skeleton className="h-24 w-full" />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what={`the ${label.toLowerCase()}`} />;
  const { pages } = query.data;
  const total = pages[0]?.total ?? null;
  if (total === null) return <p className="text-sm text-muted-foreground">There is none.</p>;
  const text = pages.map((page) => page.text).join("");
  const isWhole = !query.hasNextPage;
  const decoded = isWhole ? tryDecode(text) : null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-1">
        {decoded === null ? null : (
          <Button variant="ghost" size="sm" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            {isRaw ? "As tree" : "As text"}
          </Button>
        )}
        <CopyButton text={pretty(text)} label={isWhole ? `Copy ${label.toLowerCase()}` : "Copy what is loaded"} showLabel />
        <span className="ml-auto text-xs text-muted-foreground tabular-nums">
          {isWhole ? formatSize(total) : `${formatSize(text.length)} of ${formatSize(total)}`}
        </span>
      </div>
      <div className="max-h-[28rem] overflow-auto rounded-md border bg-muted/40 p-2" tabIndex={0} role="group" aria-label={label}>
        {decoded === null || isRaw ? (
          <pre className="font-mono text-xs leading-5 break-words whitespace-pre-wrap">{isWhole ? pretty(text) : text}</pre>
        ) : (
          <JsonTree value={decoded.value} />
        )}
      </div>
      {isWhole ? null : (
        <Button size="sm" className="self-start" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? "Loading …" : "Load more"}
        </Button>
      )}
    </div>
  );
}

function tryDecode(text: string): { value: unknown } | null {
  try {
    return { value: decodeValue(text) };
  } catch {
    return null;
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
