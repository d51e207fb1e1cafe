"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Blocks, LayoutTemplate, Plus, Upload } from "lucide-react";
import Link from "next/link";
import { useCallback, useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLivePages, useLiveRefresh } from "@/components/live/use-live";
import { folderPath } from "@/components/organizing/folder-paths";
import { useTree } from "@/components/organizing/use-organizing";
import { choose, type Chosen, NONE_CHOSEN, unchoose } from "@/components/shell/chosen";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useMediaQuery, WIDE } from "@/components/shell/use-media-query";
import { RightsProblem, RightsProvider } from "@/components/shell/rights";
import { useUrlState } from "@/components/shell/use-url-state";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { MAX_CHANGED_TOGETHER } from "@/server/workflows/constants";
import type { ListedWorkflow } from "@/server/workflows/contract";
import { BulkBar } from "./bulk-bar";
import { ListFilterBar } from "./list-filter-bar";
import { ListPlaces } from "./list-places";
import { NO_FILTER, placeChange, queryOf, readFilter } from "./list-filter";
import { NewWorkflowDialog } from "./lazy-dialogs";
import type { Beginning } from "./new-workflow-dialog";
import { NoWorkflows } from "./no-workflows";
import { useChosenWorkflows } from "./use-chosen-workflows";
import { useImportDrop } from "./use-import-drop";
import { WorkflowRow } from "./workflow-row";

export function WorkflowsPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const mayWrite = useMay("workflow:write");
  const href = useHref();
  const isWide = useMediaQuery(WIDE);
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  const drop = useImportDrop(mayWrite && beginning === null, useCallback((text: string) => setBeginning({ tab: "import", text }), []));
  const [showsPlaces, setShowsPlaces] = useState(false);
  const [chosen, setChosen] = useState<Chosen<ListedWorkflow>>(NONE_CHOSEN);
  const filter = readFilter(params);
  const query = useInfiniteQuery(trpc.workflows.list.infiniteQueryOptions(queryOf(filter), { getNextPageParam: (page) => page.nextCursor }));
  const tree = useTree();
  const folders = tree.data?.folders ?? [];
  const pages = query.data?.pages ?? [];
  useLivePages("runs", trpc.workflows.list.pathKey(), pages.length);
  useLivePages("workflows", trpc.workflows.list.pathKey(), pages.length);
  useLiveRefresh("workflows", trpc.organizing.tree.queryKey());
  const workflows = pages.flatMap((page) => page.items);
  const look = useChosenWorkflows(chosen, workflows, filter.shelf);
  const select = (some: readonly ListedWorkflow[]) => {
    const next = choose(chosen, some, MAX_CHANGED_TOGETHER);
    if (next.left > 0) toast.info(`${MAX_CHANGED_TOGETHER} workflows can be chosen at once: ${next.left} of these ${next.left === 1 ? "is" : "are"} left out.`);
    setChosen(next.chosen);
  };
  const leaveOut = (some: readonly ListedWorkflow[]) => setChosen(unchoose(chosen, some.map(({ id }) => id)));
  const create = mayWrite ? (
    <Button variant="primary" onClick={() => setBeginning({ tab: "template" })}>
      <Plus aria-hidden />
      New workflow
    </Button>
  ) : null;
  const shelves = (
    <>
      <Button asChild>
        <Link href={href("/workflows/blocks")}>
          <Blocks aria-hidden />
          Blocks
        </Link>
      </Button>
      <Button asChild>
        <Link href={href("/workflows/templates")}>
          <LayoutTemplate aria-hidden />
          Templates
        </Link>
      </Button>
    </>
  );
  const bring = mayWrite ? (
    <Button onClick={() => setBeginning({ tab: "import" })}>
      <Upload aria-hidden />
      Import
    </Button>
  ) : null;
  const folderIds = folders.map(({ id }) => id);
  const places = <ListPlaces filter={filter} change={change} />;
  const currentPath = folderPath(folders, filter.folder);
  return (
    <RightsProvider workflowIds={[...workflows, ...look.hidden].map(({ id }) => id)} folderIds={folderIds}>
      <PageHeader title="Workflows" meta={currentPath.length > 0 ? <span className="text-sm text-muted-foreground">{currentPath.map(({ name }) => name).join(" / ")}</span> : null} actions={<>{shelves}{bring}{create}</>} />
      <div className="relative flex min-h-0 flex-1 items-start" {...drop.props}>
        {drop.isOver ? (
          <div className="pointer-events-none absolute inset-2 z-40 flex items-center justify-center rounded-lg border-2 border-dashed border-primary bg-background/80 text-sm font-medium">
            Drop files to import their workflows
          </div>
        ) : null}
        {isWide ? <div className="w-64 shrink-0 self-stretch border-r px-3 py-4">{places}</div> : null}
        <div className="flex min-w-0 flex-1 flex-col gap-3 px-4 py-3 pb-8 sm:px-6">
          <RightsProblem what="workflows and folders" retry={() => Promise.all([query.refetch(), tree.refetch()])} />
          <ListFilterBar filter={filter} change={change} onShowPlaces={() => setShowsPlaces(true)} />
          {look.items.length > 0 ? <BulkBar chosen={look.items} hidden={look.hidden} shown={workflows} shelf={filter.shelf} dropHidden={() => leaveOut(look.hidden)} clear={() => leaveOut(look.items)} choose={select} /> : null}
          {query.isPending ? (
            <SkeletonRows />
          ) : query.isError ? (
            <ErrorState error={query.error} retry={() => void query.refetch()} what="the workflows" />
          ) : workflows.length === 0 ? (
            <NoWorkflows filter={filter} create={create} clear={() => change(NO_FILTER)} showAll={() => change({ ...NO_FILTER, ...placeChange({ shelf: "active" }) })} />
          ) : (
            <>
              <ul className="divide-y rounded-lg border bg-card" aria-label="Workflows">
                {workflows.map((workflow) => (
                  <WorkflowRow
                    key={workflow.id}
                    workflow={workflow}
                    path={workflow.folderId === filter.folder ? [] : folderPath(folders, workflow.folderId).map(({ name }) => name)}
                    isSelected={chosen.has(workflow.id)}
                    onSelect={(isSelected) => (isSelected ? select([workflow]) : leaveOut([workflow]))}
                    dragged={() => (chosen.has(workflow.id) ? look.items.map(({ id }) => id) : [workflow.id])}
                  />
                ))}
              </ul>
              <LoadMore {...query} />
            </>
          )}
        </div>
      </div>
      {isWide ? null : (
        <Dialog open={showsPlaces} onOpenChange={setShowsPlaces}>
          <SheetContent title="Folders and tags"><div className="p-3">{places}</div></SheetContent>
        </Dialog>
      )}
      {beginning === null ? null : <NewWorkflowDialog beginning={beginning} close={() => setBeginning(null)} folderId={filter.folder === "none" ? null : filter.folder} />}
    </RightsProvider>
  );
}
