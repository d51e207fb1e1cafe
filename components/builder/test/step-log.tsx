"use client";

import { ErrorState } from "@/components/data/error-state";
import { useFollowEnd } from "@/components/runs/use-follow-end";
import { useRunLogs } from "@/components/runs/use-run-logs";
import { Button } from "@/components/ui/button";

const TONES = { debug: "text-muted-foreground", info: "", warn: "text-warning", error: "text-destructive" } as const;

/** What a step said, with newer lines as they come. */
export function StepLog({ runId, path, isOver }: { runId: string; path: string; isOver: boolean }) {
  const { lines, hasOlder, count, older, state, error, retry } = useRunLogs({ runId, path, level: "debug", text: "", isFinished: isOver });
  const { list, onScroll } = useFollowEnd(lines, count, true);
  if (lines.length === 0 && state !== "failed") return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">Log</h3>
      {lines.length === 0 ? null : (
        <div ref={list} role="log" onScroll={onScroll} className="max-h-60 overflow-y-auto rounded-md border bg-muted/40 p-2 font-mono text-xs leading-5" tabIndex={0} aria-label="Log of the step">
          {hasOlder ? <Button size="sm" variant="ghost" onClick={older}>Show older lines</Button> : null}
          {lines.map((line) => (
            <p key={line.id} className={`break-words whitespace-pre-wrap [contain-intrinsic-size:auto_20px] [content-visibility:auto] ${TONES[line.level]}`}>
              <span className="mr-2 uppercase">{line.level}</span>
              {line.message}
            </p>
          ))}
        </div>
      )}
      {state === "failed" ? <ErrorState error={error} retry={retry} what="the log" /> : null}
    </section>
  );
}
