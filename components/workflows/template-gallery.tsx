"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useState } from "react";
import { Miniature } from "@/components/canvas/miniature";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { WorkflowExample } from "@/server/workflows/contract";
import { useFolderChoice } from "./folder-choice";

/** Real workflows to begin with. Using one makes a workflow that can be run at once. */
export function TemplateGallery({ folderId = null, onCreated }: { folderId?: string | null; onCreated: (workflow: { id: string }) => void }) {
  const trpc = useTRPC();
  const [category, setCategory] = useState<string | null>(null);
  const mayWrite = useMay("workflow:write");
  const place = useFolderChoice(folderId);
  const templates = useQuery(trpc.examples.list.queryOptions());
  const create = useMutation(trpc.workflows.createFromExample.mutationOptions({ onSuccess: onCreated }));
  if (templates.isPending) return <GallerySkeleton />;
  if (templates.isError) return <ErrorState error={templates.error} retry={() => void templates.refetch()} what="the templates" />;
  const categories = [...new Set(templates.data.map((template) => template.category))].sort();
  const shown = templates.data.filter((template) => category === null || template.category === category);
  return (
    <div className="@container flex flex-col gap-4">
      {create.isError ? <Alert tone="danger" title={readRefusal(create.error).message} /> : null}
      {mayWrite ? place.field : null}
      <div role="group" aria-label="Categories" className="flex flex-wrap gap-1.5">
        {[null, ...categories].map((name) => (
          <Button key={name ?? ""} size="sm" variant={category === name ? "primary" : "secondary"} aria-pressed={category === name} onClick={() => setCategory(name)}>
            {name ?? "All"}
          </Button>
        ))}
      </div>
      <ul className={GRID}>
        {shown.map((template) => (
          <TemplateCard key={template.id} template={template} mayUse={mayWrite && place.isChosen} isBusy={create.isPending} onUse={() => create.mutate({ example: template.id, ...(place.folderId === null ? {} : { folderId: place.folderId }) })} />
        ))}
      </ul>
    </div>
  );
}

const GRID = "grid gap-4 @xl:grid-cols-2 @4xl:grid-cols-3";

/** As tall as what comes, so that nothing jumps. */
function GallerySkeleton() {
  return (
    <div role="status" aria-label="Loading the templates" className="@container flex flex-col gap-4">
      <div className="flex flex-wrap gap-1.5">
        {Array.from({ length: 6 }, (_, index) => <Skeleton key={index} className="h-7 w-20" />)}
      </div>
      <div className={GRID}>
        {Array.from({ length: 9 }, (_, index) => (
          <div key={index} aria-hidden className="flex h-[26.25rem] flex-col overflow-hidden rounded-lg border bg-card">
            <Skeleton className="h-40 rounded-none" />
            <div className="flex flex-col gap-2 p-4">
              <Skeleton className="h-5 w-40" />
              <Skeleton className="h-12" />
              <Skeleton className="h-16" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

type Template = Omit<WorkflowExample, "input"> & { input?: unknown };

function TemplateCard({ template: { name, description, category, teaches, input, definition, companions }, mayUse, isBusy, onUse }: { template: Template; mayUse: boolean; isBusy: boolean; onUse: () => void }) {
  return (
    <li className="flex flex-col overflow-hidden rounded-lg border bg-card">
      <div className="h-40 border-b bg-canvas p-2">
        <Miniature document={definition} label={`Picture of ${name}`} />
      </div>
      <div className="flex flex-1 flex-col gap-2 p-4">
        <div className="flex items-start justify-between gap-2">
          <h2 className="text-sm font-semibold">{name}</h2>
          <Badge>{category}</Badge>
        </div>
        <p className="text-xs text-muted-foreground">{description}</p>
        <ul className="flex flex-col gap-1 text-xs" aria-label="What it shows">
          {teaches.map((phrase) => (
            <li key={phrase} className="flex gap-1.5"><Check className="mt-0.5 size-3 shrink-0 text-status-succeeded" aria-hidden />{phrase}</li>
          ))}
        </ul>
        {companions.length > 0 ? <p className="text-xs text-muted-foreground">Comes with {companions.map((companion) => companion.name).join(", ")}.</p> : null}
        <details className="text-xs text-muted-foreground">
          <summary className="cursor-pointer">Sample input</summary>
          <pre className="mt-1 max-h-32 overflow-auto rounded-md bg-muted p-2 font-mono text-[11px] whitespace-pre-wrap">{JSON.stringify(input, null, 2)}</pre>
        </details>
        <span className="flex-1" />
        {mayUse ? (
          <Button variant="primary" size="sm" className="self-start" disabled={isBusy} aria-label={`Use template ${name}`} onClick={onUse}>
            Use template
          </Button>
        ) : null}
      </div>
    </li>
  );
}
