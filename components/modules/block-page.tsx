"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, PencilRuler, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { LazyCanvas } from "@/components/canvas/lazy-canvas";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { PageHeader } from "@/components/shell/page-header";
import { useUrlState } from "@/components/shell/use-url-state";
import { useHref, useMayEverywhere } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { findNode } from "@/components/workflows/find-node";
import { NodePanel } from "@/components/workflows/node-panel";
import { BlockInputs } from "./block-inputs";
import { BlockUses } from "./block-uses";
import { BlockVersions } from "./block-versions";
import { RenameBlockDialog } from "./rename-block-dialog";

/** One block: what it does in a version, what goes in, its versions, and where it is used. */
export function BlockPage({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const href = useHref();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { params, change } = useUrlState();
  const mayWrite = useMayEverywhere("workflow:write");
  const mayDelete = useMayEverywhere("workflow:delete");
  const [isRemoving, setRemoving] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const block = useQuery(trpc.modules.get.queryOptions({ module: slug }));
  const asked = Number(params.get("version"));
  const number = Number.isInteger(asked) && asked > 0 ? asked : (block.data?.latest ?? 0);
  useLiveRefresh("workflows", trpc.modules.get.pathKey());
  // Until the next one is there, the one before stands: what lies below its input does not move from under a click.
  const version = useQuery({ ...trpc.modules.version.queryOptions({ module: slug, version: number }), enabled: number > 0, placeholderData: keepPreviousData });
  const edit = useMutation(
    trpc.modules.openDraft.mutationOptions({
      onSuccess: ({ workflowId }) => router.push(href(`/workflows/${workflowId}`)),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  const remove = useMutation(
    trpc.modules.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.modules.list.pathKey() });
        router.push(href("/workflows/blocks"));
        toast.success(`${block.data?.name ?? slug} is removed.`);
      },
    }),
  );
  if (block.isError) return <ErrorState error={block.error} retry={() => void block.refetch()} what="the block" />;
  if (!block.isSuccess) {
    return (
      <div role="status" aria-label="Loading the block" className="flex flex-1 flex-col gap-4 p-6">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="min-h-96 flex-1" />
      </div>
    );
  }
  const { name, description, latest, draft } = block.data;
  const selected = params.get("node");
  const node = version.isSuccess ? findNode(version.data.definition, selected) : null;
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Workflows", href: href("/workflows") }, { label: "Blocks", href: href("/workflows/blocks") }]}
        title={name}
        meta={
          <>
            <Badge>Version {number}{number === latest ? "" : ` of ${latest}`}</Badge>
            {draft?.changed === true ? <Badge tone="warning">Unpublished changes</Badge> : null}
          </>
        }
        actions={
          <>
            {mayWrite ? (
              <Button variant="primary" disabled={edit.isPending} onClick={() => edit.mutate({ module: slug })}>
                <PencilRuler aria-hidden />
                {draft === null ? "Edit" : "Go on editing"}
              </Button>
            ) : null}
            {mayWrite ? (
              <Button variant="ghost" size="icon" aria-label={`Rename ${name}`} title="Rename" onClick={() => setRenaming(true)}><Pencil aria-hidden /></Button>
            ) : null}
            {mayDelete ? (
              <Button variant="ghost" size="icon" aria-label={`Remove ${name}`} title="Remove" onClick={() => setRemoving(true)}><Trash2 aria-hidden /></Button>
            ) : null}
          </>
        }
      >
        {description ? <p className="max-w-3xl text-sm text-muted-foreground">{description}</p> : null}
      </PageHeader>
      <div className="flex min-h-0 flex-1 max-lg:flex-col">
        <div aria-busy={version.isPlaceholderData} className={cn("h-[45dvh] min-w-0 shrink-0 border-b lg:h-auto lg:min-h-96 lg:flex-1 lg:border-b-0", version.isPlaceholderData && "opacity-50")}>
          {version.isError ? (
            <ErrorState error={version.error} retry={() => void version.refetch()} what="the version" />
          ) : version.isSuccess ? (
            <LazyCanvas document={version.data.definition} selected={selected} onSelect={(id) => change({ node: id })} label={`Canvas of ${name}`} />
          ) : (
            <SkeletonRows />
          )}
        </div>
        {node !== null ? (
          <NodePanel node={node.content} problems={[]} onClose={() => change({ node: null })} />
        ) : (
          <div className="flex flex-col gap-6 p-4 lg:w-[26rem] lg:shrink-0 lg:overflow-y-auto lg:border-l">
            {version.isPending ? (
              <SkeletonRows />
            ) : (
              <>
                {version.isSuccess ? <BlockInputs schema={version.data.inputSchema} /> : null}
                <BlockUses block={block.data} />
                <BlockVersions block={block.data} shown={number} onShow={(next) => change({ version: next === latest ? null : String(next), node: null }, "push")} />
              </>
            )}
          </div>
        )}
      </div>
      {isRenaming ? <RenameBlockDialog block={block.data} close={() => setRenaming(false)} /> : null}
      {isRemoving ? (
        <ConfirmDialog title={`Remove ${name}?`} action="Remove" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ module: slug })} close={() => setRemoving(false)}>
          No new step can use it. Published versions that contain it go on running. It cannot be brought back.
        </ConfirmDialog>
      ) : null}
    </>
  );
}
