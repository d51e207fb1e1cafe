"use client";

import { ArrowDownToLine, Download, ScrollText } from "lucide-react";
import { memo, useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { SearchField } from "@/components/shell/search-field";
import { useUrlState } from "@/components/shell/use-url-state";
import { useWorkspace } from "@/components/shell/workspace-context";
import { formatClock, formatExact } from "@/components/time/format";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import { LOG_LEVELS } from "@/server/runs/constants";
import type { RunLogLine } from "@/server/runs/contract";
import { useFollowEnd } from "./use-follow-end";
import { useRunLogs } from "./use-run-logs";

const LEVELS = [
  { value: "debug", label: "Everything" },
  { value: "info", label: "Info and worse" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
] as const;

const LEVEL_CLASSES = { debug: "text-muted-foreground", info: "text-foreground", warn: "text-warning", error: "text-destructive" } as const;

export interface RunLogsProps {
  runId: string;
  isFinished: boolean;
  onSelect: (path: string) => void;
}

/** What the steps said, oldest first; follows the end until the reader scrolls up. */
export function RunLogs({ runId, isFinished, onSelect }: RunLogsProps) {
  const { params, change } = useUrlState();
  const level = LOG_LEVELS.find((name) => name === params.get("level")) ?? "debug";
  const text = params.get("find") ?? "";
  const isFollowing = params.get("follow") !== "0";
  const { lines, state, error, retry, older, hasOlder, count } = useRunLogs({ runId, level, text, isFinished });
  const { list, onScroll, isAtEnd, added, toEnd, stay } = useFollowEnd(lines, count, isFollowing);
  /** The line that Tab leads to: the one that was last in focus. */
  const [entered, setEntered] = useState<string | null>(null);
  const stop = lines.some(({ id }) => id === entered) ? entered : lines.at(-1)?.id;
  const { current } = useWorkspace();
  const download = `/api/export/logs?${new URLSearchParams({ workspace: current.slug, runId, level, ...(text === "" ? {} : { text }) }).toString()}`;
  const showOlder = () => {
    stay();
    older();
  };
  const toggleFollow = () => {
    if (isFollowing && !isAtEnd) return toEnd();
    toEnd();
    change({ follow: isFollowing ? "0" : null });
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2 sm:px-5">
        <Select
          aria-label="Least severe level"
          value={level}
          options={LEVELS}
          onValueChange={(next) => change({ level: next === "debug" ? null : next })}
          className="h-8 w-44"
        />
        <SearchField label="Search the log" className="w-56 max-sm:w-full" value={text} onSearch={(next) => change({ find: next === "" ? null : next })} />
        <Button size="sm" className="h-8" aria-pressed={isFollowing && isAtEnd} variant={isFollowing && isAtEnd ? "secondary" : "ghost"} onClick={toggleFollow}>
          <ArrowDownToLine aria-hidden />
          Follow
          {added === 0 ? null : <span className="font-normal text-muted-foreground tabular-nums">{`${added} new`}</span>}
        </Button>
        <Button asChild size="icon-sm" variant="ghost">
          <a href={download} download aria-label="Download the log" title="Download the log, as it is filtered">
            <Download aria-hidden />
          </a>
        </Button>
        <span className="ml-auto text-xs text-muted-foreground tabular-nums">
          {hasOlder ? `The last ${lines.length} lines` : lines.length === 1 ? "1 line" : `${lines.length} lines`}
        </span>
      </div>
      {state === "failed" && lines.length === 0 ? (
        <ErrorState error={error} retry={retry} what="the log" />
      ) : state === "loading" && lines.length === 0 ? (
        <SkeletonRows />
      ) : lines.length === 0 ? (
        <EmptyState icon={ScrollText} title="No lines">
          {text !== "" ? `No line of this run holds “${text}”.` : level === "debug" ? "Steps write here, for instance the step kind Log and console.log in Transform." : "Nothing as severe as that was written."}
        </EmptyState>
      ) : (
        <div
          ref={list}
          onScroll={onScroll}
          role="log"
          aria-label="Log of the run"
          tabIndex={0}
          onKeyDown={walk}
          onFocus={(event: FocusEvent) => setEntered((current) => lineOf(event.target)?.id ?? current)}
          onClick={(event: MouseEvent) => {
            const line = lineOf(event.target);
            if (line !== null) onSelect(line.path);
          }}
          className="min-h-0 flex-1 overflow-y-auto px-3 py-2 font-mono text-xs leading-5 sm:px-5"
        >
          {hasOlder ? <Button size="sm" variant="ghost" className="mb-1" onClick={showOlder}>Show older lines</Button> : null}
          {lines.map((line) => (
            <Line key={line.id} line={line} isStop={line.id === stop} />
          ))}
        </div>
      )}
      {state === "failed" && lines.length > 0 ? (
        <p role="alert" className="flex items-center gap-3 border-t px-3 py-2 text-sm text-destructive sm:px-5">
          Lines are missing: {readRefusal(error).message}
          <Button size="sm" onClick={retry}>Try again</Button>
        </p>
      ) : null}
    </>
  );
}

/** The step that a button of the log leads to, and its line. */
function lineOf(target: EventTarget): { id: string; path: string } | null {
  const { line, path } = target instanceof Element ? (target.closest<HTMLElement>("button[data-line]")?.dataset ?? {}) : {};
  return line === undefined || path === undefined ? null : { id: line, path };
}

/** From line to line with the keys: as stops of Tab, thousands of them would lie before the panel that they open. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button[data-line]")];
  const current = buttons.findIndex((button) => button === event.target);
  const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -buttons.length, End: buttons.length }[event.key];
  if (current === -1 || move === undefined) return;
  event.preventDefault();
  buttons[Math.min(buttons.length - 1, Math.max(0, current + move))]!.focus();
}

const Line = memo(function Line({ line, isStop }: { line: RunLogLine; isStop: boolean }) {
  const at = new Date(line.at);
  return (
    <div className="flex items-start gap-x-3 [contain-intrinsic-size:auto_20px] [content-visibility:auto] max-sm:flex-wrap">
      <time dateTime={line.at} title={formatExact(at)} className="shrink-0 text-muted-foreground tabular-nums">
        {formatClock(at)}
      </time>
      <span className={cn("w-10 shrink-0 uppercase", LEVEL_CLASSES[line.level])}>{line.level}</span>
      <button type="button" data-line={line.id} data-path={line.path} tabIndex={isStop ? 0 : -1} className="max-w-40 shrink-0 truncate rounded-sm text-left text-primary hover:underline" title={line.path}>
        {line.path}
      </button>
      <span className="min-w-0 flex-1 break-words whitespace-pre-wrap max-sm:basis-full">
        {line.message}
        {line.fields === null ? null : <span className="ml-2 text-muted-foreground">{JSON.stringify(line.fields)}</span>}
      </span>
    </div>
  );
});
