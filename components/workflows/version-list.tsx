"use client";

import { useQuery } from "@tanstack/react-query";
import { History, Play } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { LazyCanvas } from "@/components/canvas/lazy-canvas";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { VersionSummary, WorkflowDetail } from "@/server/workflows/contract";
import type { DraftStore } from "./draft-store";
import { printDraft } from "./draft-text";
import { RunDialog } from "./run-dialog";

/** Every published version, newest first. */
export function VersionList({ workflow, store }: { workflow: WorkflowDetail; store: DraftStore }) {
  const [shown, setShown] = useState<VersionSummary | null>(null);
  const [running, setRunning] = useState<VersionSummary | null>(null);
  const mayRun = useMay("run:start") && workflow.archivedAt === null;
  if (workflow.versions.length === 0) {
    return (
      <EmptyState icon={History} title="Nothing is published yet">
        A version is a draft frozen for good: runs use it whatever happens to the draft. Publish the first one when the draft is ready.
      </EmptyState>
    );
  }
  return (
    <div className="p-4 sm:p-6">
      <ol className="divide-y rounded-lg border bg-card">
        {workflow.versions.map((version) => (
          <li key={version.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              <div className="flex items-center gap-2">
                <span className="font-medium">Version {version.number}</span>
                {version.current ? <Badge tone="success">Current</Badge> : null}
                <code className="font-mono text-xs text-muted-foreground">{version.hash.slice(0, 8)}</code>
              </div>
              {version.note ? <p className="text-sm break-words whitespace-pre-wrap">{version.note}</p> : null}
              <p className="text-xs text-muted-foreground">
                <Moment at={version.createdAt} />
                {version.author === null ? "" : ` by ${version.author.name}`}
              </p>
            </div>
            <Button size="sm" onClick={() => setShown(version)}>Show</Button>
            {mayRun ? (
              <Button size="sm" onClick={() => setRunning(version)} aria-label={`Run version ${version.number}`}>
                <Play aria-hidden />
                Run
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      {shown === null ? null : <VersionDialog version={shown} store={store} close={() => setShown(null)} />}
      {running === null ? null : <RunDialog workflow={workflow} mode="production" versionId={running.id} close={() => setRunning(null)} />}
    </div>
  );
}

function VersionDialog({ version, store, close }: { version: VersionSummary; store: DraftStore; close: () => void }) {
  const trpc = useTRPC();
  const mayWrite = useMay("workflow:write");
  const detail = useQuery(trpc.workflows.version.queryOptions({ versionId: version.id }));
  const [selected, setSelected] = useState<string | null>(null);
  const copyIntoDraft = () => {
    if (detail.data !== undefined) store.edit(printDraft(detail.data.definition));
    close();
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Version ${version.number}`}
        description={version.note || undefined}
        className="h-[85dvh] max-w-5xl"
        footer={
          mayWrite ? (
            <Button onClick={copyIntoDraft} disabled={!detail.isSuccess} title="The draft takes this content; it is saved only when you save it">
              Copy into the draft
            </Button>
          ) : null
        }
      >
        {detail.isSuccess ? (
          <div className="h-full min-h-80 overflow-hidden rounded-lg border">
            <LazyCanvas document={detail.data.definition} selected={selected} onSelect={setSelected} label={`Canvas of version ${version.number}`} />
          </div>
        ) : detail.isError ? (
          <ErrorState error={detail.error} retry={() => void detail.refetch()} what="the version" />
        ) : (
          <SkeletonRows />
        )}
      </DialogContent>
    </Dialog>
  );
}
