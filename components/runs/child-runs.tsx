"use client";

import { GitBranch } from "lucide-react";
import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import type { RunDetail } from "@/server/runs/contract";

/** The runs that a step began, one per attempt: however they ended, they are one click away. */
export function ChildRuns({ runs }: { runs: RunDetail["children"] }) {
  const href = useHref();
  if (runs.length === 0) return null;
  return (
    <ul aria-label="Runs that this step began" className="flex flex-col gap-1">
      {runs.map(({ runId, status }, index) => (
        <li key={runId}>
          <Link href={href(`/runs/${runId}`)} className="flex items-center gap-2 rounded-md border bg-card px-3 py-2 text-sm hover:bg-accent">
            <GitBranch className="size-4 shrink-0 text-muted-foreground" aria-hidden />
            <span className="min-w-0 flex-1 truncate font-medium text-primary">{runs.length === 1 ? "Open the run it began" : `Open the run of try ${index + 1}`}</span>
            <StatusBadge status={status} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
