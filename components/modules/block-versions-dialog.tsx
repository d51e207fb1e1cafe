"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Comparison } from "@/components/versions/comparison";

export interface BlockVersionsDialogProps {
  block: { slug: string; name: string };
  before: number;
  after: number;
  close: () => void;
}

/** What one version of a block does differently from another. */
export function BlockVersionsDialog({ block: { slug, name }, before: first, after: second, close }: BlockVersionsDialogProps) {
  const trpc = useTRPC();
  const [selected, setSelected] = useState<string | null>(null);
  const before = useQuery(trpc.modules.version.queryOptions({ module: slug, version: first }));
  const after = useQuery(trpc.modules.version.queryOptions({ module: slug, version: second }));
  const failed = [before, after].find(({ isError }) => isError);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={`${name}: version ${first} and ${second}`} description={after.data?.note || undefined} className="h-[92dvh] max-w-6xl" unsaved={false}>
        <div className="flex h-full min-h-0 flex-col">
          {failed !== undefined ? (
            <ErrorState error={failed.error} retry={() => void failed.refetch()} what="the version" />
          ) : before.isSuccess && after.isSuccess ? (
            <Comparison before={before.data.definition} after={after.data.definition} selected={selected} onSelect={setSelected} />
          ) : (
            <SkeletonRows />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
