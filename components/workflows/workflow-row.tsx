"use client";

import Link from "next/link";
import { StatusBadge } from "@/components/status/status-badge";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import type { WorkflowSummary } from "@/server/workflows/contract";
import { WorkflowMenu } from "./workflow-menu";

export function WorkflowRow({ workflow }: { workflow: WorkflowSummary }) {
  const href = useHref();
  const { id, name, description, lastRun, updatedAt } = workflow;
  return (
    <li className="relative flex items-center gap-4 px-4 py-3 transition-colors first:rounded-t-lg last:rounded-b-lg focus-within:bg-muted/60 hover:bg-muted/60">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {/* The whole row is the link's target; the menu lies above it. */}
          <Link href={href(`/workflows/${id}`)} className="font-medium break-words after:absolute after:inset-0">
            {name}
          </Link>
          <PublishState workflow={workflow} />
        </div>
        {description ? <p className="line-clamp-1 text-sm text-muted-foreground">{description}</p> : null}
        <p className="text-xs text-muted-foreground">
          Edited <Moment at={updatedAt} />
        </p>
      </div>
      {lastRun === null ? (
        <span className="hidden text-xs text-muted-foreground sm:block">Never run</span>
      ) : (
        <Link
          href={href(`/runs/${lastRun.id}`)}
          className="relative flex shrink-0 flex-col items-end gap-1 rounded-md text-xs text-muted-foreground"
        >
          <span className="sr-only">Last run of {name}:</span>
          <StatusBadge status={lastRun.status} />
          <span className="max-sm:hidden"><Moment at={lastRun.createdAt} /></span>
        </Link>
      )}
      <div className="relative">
        <WorkflowMenu workflow={workflow} />
      </div>
    </li>
  );
}

export function PublishState({ workflow }: { workflow: Pick<WorkflowSummary, "published" | "draftChanged" | "archivedAt"> }) {
  if (workflow.archivedAt !== null) return <Badge>Archived</Badge>;
  if (workflow.published === null) return <Badge tone="warning">Not published</Badge>;
  return (
    <>
      <Badge tone="success">Version {workflow.published.number}</Badge>
      {workflow.draftChanged ? <Badge tone="accent">Unpublished changes</Badge> : null}
    </>
  );
}
