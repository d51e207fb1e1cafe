"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowUpCircle, GitCompare } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ModuleUse } from "@/server/modules/contract";
import type { Block } from "./block-versions";
import { BlockVersionsDialog } from "./block-versions-dialog";

/** Where the block is used, in which version; each step takes a newer one when somebody says so. */
export function BlockUses({ block }: { block: Block }) {
  const trpc = useTRPC();
  const uses = useQuery(trpc.modules.uses.queryOptions({ module: block.slug }));
  const [compared, setCompared] = useState<number | null>(null);
  const take = useTakeVersion(block);
  return (
    <section aria-label="Where it is used" className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold">Where it is used</h2>
      {uses.isPending ? (
        <SkeletonRows count={2} />
      ) : uses.isError ? (
        <ErrorState error={uses.error} retry={() => void uses.refetch()} what="the workflows that use it" />
      ) : uses.data.length === 0 ? (
        <p className="text-sm text-muted-foreground">Nowhere yet. It stands among the steps of the builder, under “Blocks”.</p>
      ) : (
        <ul className="divide-y rounded-lg border bg-card">
          {uses.data.map((use) => (
            <UseRow key={`${use.workflowId} ${use.nodeId} ${use.origin}`} use={use} latest={block.latest} isBusy={take.isBusy} onCompare={() => setCompared(use.version)} onTake={() => take.run(use, block.latest)} />
          ))}
        </ul>
      )}
      {compared === null ? null : <BlockVersionsDialog block={block} before={compared} after={block.latest} close={() => setCompared(null)} />}
    </section>
  );
}

interface UseRowProps {
  use: ModuleUse;
  latest: number;
  isBusy: boolean;
  onCompare: () => void;
  onTake: () => void;
}

function UseRow({ use: { workflowId, name, nodeId, origin, version }, latest, isBusy, onCompare, onTake }: UseRowProps) {
  const href = useHref();
  const mayWrite = useMay("workflow:write");
  const isOld = version !== null && version < latest;
  return (
    <li className="flex flex-col gap-1.5 px-3 py-2">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <Link href={href(`/workflows/${workflowId}?node=${encodeURIComponent(nodeId)}`)} className="min-w-0 font-medium break-words hover:underline">{name}</Link>
        <code className="font-mono text-xs text-muted-foreground">{nodeId}</code>
        <Badge tone={isOld ? "warning" : "neutral"}>{version === null ? "No version" : `Version ${version}`}</Badge>
        <Badge tone={origin === "published" ? "success" : "neutral"}>{origin === "published" ? "Published" : "Draft"}</Badge>
      </div>
      {isOld && origin === "draft" ? (
        <div className="flex flex-wrap gap-1.5">
          {mayWrite ? (
            <Button size="sm" disabled={isBusy} onClick={onTake} aria-label={`Update ${name}, step ${nodeId}, to version ${latest}`}>
              <ArrowUpCircle aria-hidden />
              Update to version {latest}
            </Button>
          ) : null}
          <Button size="sm" variant="ghost" onClick={onCompare}><GitCompare aria-hidden />What is different</Button>
        </div>
      ) : null}
    </li>
  );
}

/** The draft takes the version; runs do once somebody publishes it. */
function useTakeVersion(block: Block) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.modules.updateUse.mutationOptions({
      onError: (error) => void toast.error(readRefusal(error).message),
      onSettled: () => Promise.all([queryClient.invalidateQueries({ queryKey: trpc.modules.uses.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() })]),
    }),
  );
  const run = ({ workflowId, nodeId, name }: ModuleUse, version: number) =>
    update.mutate({ module: block.slug, version, workflowId, nodeId }, {
      onSuccess: ({ before }) =>
        void toast.success(`The draft of ${name} uses version ${version}.`, before === null ? {} : { action: { label: "Undo", onClick: () => update.mutate({ module: block.slug, version: before, workflowId, nodeId }) } }),
    });
  return { run, isBusy: update.isPending };
}
