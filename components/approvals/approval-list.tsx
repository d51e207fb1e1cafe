"use client";

import { useEffect, useRef } from "react";
import { Gone } from "@/components/live/resting-list";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import type { Entry } from "./boxes";

export interface ApprovalListProps {
  entries: readonly Entry[];
  /** Ids of those that the list has no more. */
  gone: ReadonlySet<string>;
  shown: string | null;
  choose: (waitId: string) => void;
  label: string;
}

export function ApprovalList({ entries, gone, shown, choose, label }: ApprovalListProps) {
  return (
    <ul aria-label={label} className="divide-y border-b">
      {entries.map((entry) => (
        <ListEntry key={entry.id} entry={entry} isGone={gone.has(entry.id)} isShown={entry.id === shown} choose={choose} />
      ))}
    </ul>
  );
}

function ListEntry({ entry, isGone, isShown, choose }: { entry: Entry; isGone: boolean; isShown: boolean; choose: (waitId: string) => void }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isShown) item.current?.scrollIntoView({ block: "nearest" });
  }, [isShown]);
  const { answer } = entry;
  return (
    <li ref={item} data-gone={isGone || undefined}>
      <button
        type="button"
        aria-current={isShown ? "true" : undefined}
        onClick={() => choose(entry.id)}
        className={cn("flex w-full flex-col gap-1 px-4 py-3 text-left hover:bg-muted/60 focus-visible:-outline-offset-2", isShown && "bg-accent text-accent-foreground hover:bg-accent")}
      >
        <span className="flex w-full items-start justify-between gap-3">
          <span className="line-clamp-2 text-sm font-medium break-words">{entry.title || "Approval"}</span>
          {answer === undefined ? null : <Badge tone={answer.decision === "approved" ? "success" : "danger"}>{answer.decision === "approved" ? "Approved" : "Rejected"}</Badge>}
        </span>
        <span className="flex flex-wrap items-center gap-x-3 text-xs text-muted-foreground">
          {entry.isTest ? <Badge tone="accent">Test</Badge> : null}
          <span>{entry.workflow?.name ?? "Run of a file"}</span>
          <Moment at={answer?.at ?? entry.createdAt} />
          {isGone ? <Gone /> : null}
          {!isGone && entry.status === "open" && entry.requiredAnswers > 1 ? <span>{`${entry.answers} of ${entry.requiredAnswers} approvals`}</span> : null}
          {!isGone && entry.status === "open" && entry.until !== null ? (
            <span>
              ends <Moment at={entry.until} />
            </span>
          ) : null}
        </span>
      </button>
    </li>
  );
}
