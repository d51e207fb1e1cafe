"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical, GitCompare, History, MoreHorizontal, Play, RotateCcw } from "lucide-react";
import Link from "next/link";
import { useEffect, useEffectEvent, useState } from "react";
import { toast } from "@/components/ui/toast";
import { readDraft, type Draft } from "@/components/builder/draft";
import type { EditSession } from "@/components/builder/edit-session";
import { undoAction } from "@/components/builder/undo-action";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { DeploymentsCard } from "@/components/environments/deployments-card";
import { LoadMore } from "@/components/shell/load-more";
import { useUrlState } from "@/components/shell/use-url-state";
import { useMayIn } from "@/components/shell/rights";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { EnvironmentBadge } from "@/components/environments/environment-badge";
import { useEnvironmentsOf } from "@/components/environments/use-environments";
import { EmptyState } from "@/components/ui/empty-state";
import { CompareDialog, DRAFT, type Side } from "@/components/versions/compare-dialog";
import { VERSIONS_PAGE } from "@/server/workflows/constants";
import type { EnvironmentName } from "@/server/environments/contract";
import type { VersionSummary, WorkflowDetail } from "@/server/workflows/contract";
import type { DraftStore } from "./draft-store";
import { joinedVersions, withCurrent } from "./joined-versions";
import { RunDialog } from "./lazy-dialogs";

type Opened = { dialog: "compare"; first: Side; second: Side } | { dialog: "run" | "test"; version: VersionSummary } | null;

/** Every published version, newest first. */
export function VersionList({ workflow, store, session }: { workflow: WorkflowDetail; store: DraftStore; session: EditSession }) {
  const [opened, setOpened] = useState<Opened>(null);
  const restore = useRestore(store, session);
  const isArchived = workflow.archivedAt !== null;
  const mayRun = useMayIn(workflow.id, "run:start") && !isArchived;
  const mayWrite = useMayIn(workflow.id, "workflow:write") && !isArchived;
  const close = () => setOpened(null);
  const { params } = useUrlState();
  const inEnvironment = useEnvironmentsOf(workflow.id);
  const linked = Number(params.get("version") ?? Number.NaN);
  const { versions, more } = useVersions(workflow, linked);
  if (workflow.versions.length === 0) {
    return (
      <EmptyState icon={History} title="Nothing is published yet">
        A version is a draft frozen for good: runs use it whatever happens to the draft. Publish the first one when the draft is ready.
      </EmptyState>
    );
  }
  return (
    <div className="p-4 sm:p-6">
      <DeploymentsCard workflow={workflow} />
      <ol aria-label="Versions" className="divide-y rounded-lg border bg-card">
        {versions.map((version, index) => {
          const earlier = versions[index + 1];
          return (
            <li key={version.id} ref={version.number === linked ? showRow : undefined} aria-current={version.number === linked ? "true" : undefined} className="flex scroll-my-4 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 aria-[current=true]:bg-accent">
              <VersionLine version={version} environments={inEnvironment(version.id)} address={`?view=versions&version=${version.number}`} />
              <Button size="sm" onClick={() => setOpened({ dialog: "compare", first: version.id, second: DRAFT })} aria-label={`Compare with draft: version ${version.number}`}>
                <GitCompare aria-hidden />
                Compare with draft
              </Button>
              <DropdownMenu>
                <DropdownMenuTrigger asChild>
                  <Button size="sm" variant="ghost" aria-label={`More for version ${version.number}`}><MoreHorizontal aria-hidden /></Button>
                </DropdownMenuTrigger>
                <DropdownMenuContent align="end">
                  {earlier === undefined ? null : (
                    <DropdownMenuItem onSelect={() => setOpened({ dialog: "compare", first: earlier.id, second: version.id })}>
                      <GitCompare aria-hidden />
                      What it changed
                    </DropdownMenuItem>
                  )}
                  {mayWrite ? (
                    <DropdownMenuItem onSelect={() => void restore(version)}>
                      <RotateCcw aria-hidden />
                      Restore to the draft
                    </DropdownMenuItem>
                  ) : null}
                  {mayRun ? (
                    <>
                      <DropdownMenuItem onSelect={() => setOpened({ dialog: "test", version })}>
                        <FlaskConical aria-hidden />
                        Test this version
                      </DropdownMenuItem>
                      <DropdownMenuItem onSelect={() => setOpened({ dialog: "run", version })}>
                        <Play aria-hidden />
                        Run this version
                      </DropdownMenuItem>
                    </>
                  ) : null}
                </DropdownMenuContent>
              </DropdownMenu>
            </li>
          );
        })}
      </ol>
      <LoadMore {...more} />
      {opened?.dialog === "compare" ? <CompareDialog versions={versions} draft={store.read().definition} first={opened.first} second={opened.second} close={close} /> : null}
      {opened?.dialog === "run" ? <RunDialog workflow={workflow} mode="production" versionId={opened.version.id} close={close} /> : null}
      {opened?.dialog === "test" ? <RunDialog workflow={workflow} mode="test" version={opened.version} close={close} /> : null}
    </div>
  );
}

function showRow(row: HTMLElement | null): void {
  row?.scrollIntoView({ block: "nearest" });
}

/** The newest come with the workflow, earlier ones page by page, by themselves down to the one that the address names. */
function useVersions(workflow: WorkflowDetail, linked: number) {
  const trpc = useTRPC();
  // A new version pushes another off the first page, which earlier pages do not begin with.
  const [first, setFirst] = useState({ latest: workflow.versions, all: workflow.versions });
  if (first.latest !== workflow.versions) setFirst({ latest: workflow.versions, all: joinedVersions(first.all, workflow.versions) });
  const last = first.all.at(-1)?.number;
  const isFull = first.all.length >= VERSIONS_PAGE;
  const options = trpc.workflows.versions.infiniteQueryOptions(
    { workflowId: workflow.id },
    { initialCursor: last, getNextPageParam: (page) => (page.length < VERSIONS_PAGE ? undefined : page.at(-1)?.number) },
  );
  const isEarlier = last !== undefined && linked < last;
  const earlier = useInfiniteQuery({ ...options, enabled: isEarlier && isFull });
  const reached = earlier.data?.pages.at(-1)?.at(-1)?.number;
  const goOn = useEffectEvent(() => void earlier.fetchNextPage());
  const isToGoOn = isEarlier && reached !== undefined && reached > linked && earlier.hasNextPage && !earlier.isFetching;
  useEffect(() => {
    if (isToGoOn) goOn();
  }, [isToGoOn]);
  return {
    versions: withCurrent(joinedVersions(earlier.data?.pages.flat() ?? [], first.all), workflow.published?.versionId ?? null),
    more: {
      hasNextPage: isFull && (earlier.data === undefined || earlier.hasNextPage),
      isFetchingNextPage: earlier.isFetching,
      fetchNextPage: (options: { throwOnError: boolean }): Promise<unknown> => (earlier.data === undefined ? earlier.refetch(options) : earlier.fetchNextPage(options)),
    },
  };
}

function VersionLine({ version, environments, address }: { version: VersionSummary; environments: readonly EnvironmentName[]; address: string }) {
  return (
    <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <Link href={address} className="font-medium underline-offset-4 hover:underline">Version {version.number}</Link>
        {version.current && environments.length === 0 ? <Badge tone="success">Current</Badge> : null}
        {environments.map((environment) => <EnvironmentBadge key={environment.id} environment={environment} />)}
        <code className="font-mono text-xs text-muted-foreground">{version.hash.slice(0, 8)}</code>
      </div>
      {version.note ? <p className="text-sm break-words whitespace-pre-wrap">{version.note}</p> : null}
      <p className="text-xs text-muted-foreground">
        <Moment at={version.createdAt} />
        {version.author === null ? "" : ` by ${version.author.name}`}
      </p>
    </div>
  );
}

/** The draft takes a version's content: one step of the history, which undo takes back. */
function useRestore(store: DraftStore, session: EditSession) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async (version: VersionSummary) => {
    try {
      const { definition } = await queryClient.fetchQuery(trpc.workflows.version.queryOptions({ versionId: version.id }));
      if (session.read().draft === null || readDraft(definition) === null) store.replace(definition);
      else session.apply(`restore version ${version.number}`, () => definition as unknown as Draft);
      toast.success(`The draft is as version ${version.number} was.`, { duration: 20_000, action: undoAction(session) });
    } catch (error) {
      toast.error(`Version ${version.number} was not restored. ${readRefusal(error).message}`);
    }
  };
}
