"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { VersionSummary } from "@/server/workflows/contract";
import { Comparison } from "./comparison";

/** A version's id, or the draft under edit. */
export type Side = string;
export const DRAFT: Side = "draft";

export interface CompareDialogProps {
  versions: readonly VersionSummary[];
  draft: Record<string, unknown>;
  first: Side;
  second: Side;
  close: () => void;
}

/** Any two of a workflow's versions and its draft: as one drawing, as a list of changes, and as JSON. */
export function CompareDialog({ versions, draft, first, second, close }: CompareDialogProps) {
  const [sides, setSides] = useState({ first, second });
  const [selected, setSelected] = useState<string | null>(null);
  const before = useSide(sides.first, draft);
  const after = useSide(sides.second, draft);
  const options = [{ value: DRAFT, label: "Draft" }, ...versions.map(({ id, number, current }) => ({ value: id, label: `Version ${number}${current ? " (current)" : ""}` }))];
  const failed = [before, after].find(({ query }) => query.isError)?.query;
  const ready = before.definition !== undefined && after.definition !== undefined;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Compare" className="h-[92dvh] max-w-6xl" unsaved={false}>
        <div className="flex h-full min-h-0 flex-col gap-3">
          <div className="flex flex-wrap items-center gap-2">
            <Select aria-label="Before" className="w-44" value={sides.first} onValueChange={(value) => setSides({ ...sides, first: value })} options={options} />
            <ArrowRight className="size-4 text-muted-foreground" aria-hidden />
            <Select aria-label="After" className="w-44" value={sides.second} onValueChange={(value) => setSides({ ...sides, second: value })} options={options} />
          </div>
          {failed ? (
            <ErrorState error={failed.error} retry={() => void failed.refetch()} what="the version" />
          ) : ready ? (
            <Comparison before={before.definition!} after={after.definition!} selected={selected} onSelect={setSelected} />
          ) : (
            <SkeletonRows />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

function useSide(side: Side, draft: Record<string, unknown>) {
  const trpc = useTRPC();
  const query = useQuery(trpc.workflows.version.queryOptions(side === DRAFT ? skipToken : { versionId: side }));
  return { query, definition: side === DRAFT ? draft : query.data?.definition };
}
