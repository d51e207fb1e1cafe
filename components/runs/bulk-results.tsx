"use client";

import { X } from "lucide-react";
import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import type { BulkOutcome } from "./use-bulk";

/** What became of each run. */
export function BulkResults({ outcome, close }: { outcome: BulkOutcome; close: () => void }) {
  const href = useHref();
  return (
    <section aria-label="Result" className="rounded-md border bg-card p-2 text-sm">
      <div className="flex items-center justify-between gap-2">
        <p role="status" className="px-1 font-medium">{outcome.title}</p>
        <Button variant="ghost" size="icon-sm" aria-label="Close the result" onClick={close}>
          <X aria-hidden />
        </Button>
      </div>
      <ul className="max-h-40 overflow-y-auto" tabIndex={0} aria-label="Result of each run">
        {outcome.results.map(({ runId, newRunId, text, isRefused }) => (
          <li key={runId} className="flex flex-wrap gap-x-3 px-1 text-xs">
            <Link href={href(`/runs/${runId}`)} className="font-mono text-primary hover:underline">{runId.slice(-12)}</Link>
            <span className={cn(isRefused ? "text-destructive" : "text-muted-foreground")}>{text}</span>
            {newRunId === null ? null : <Link href={href(`/runs/${newRunId}`)} className="text-primary hover:underline">Open the new run</Link>}
          </li>
        ))}
      </ul>
    </section>
  );
}
