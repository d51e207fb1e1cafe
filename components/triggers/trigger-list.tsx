"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus, SearchX, Zap } from "lucide-react";
import dynamic from "next/dynamic";
import { useState, type ReactNode } from "react";
import { KindIcon } from "@/components/canvas/kind-icon";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { LoadMore } from "@/components/shell/load-more";
import { SidePanel } from "@/components/shell/side-panel";
import { useMediaQuery, WIDE } from "@/components/shell/use-media-query";
import { useUrlState } from "@/components/shell/use-url-state";
import { useMayIn } from "@/components/shell/rights";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { TriggerSummary } from "@/server/triggers/contract";
import { PausedUntil } from "./paused-until";
import { kindIcon, kindTitle } from "./kind-choices";
import type { TriggerAct } from "./trigger-acts";

const TriggerDialog = dynamic(() => import("./trigger-dialog").then((module) => module.TriggerDialog), { ssr: false });
const TriggerActs = dynamic(() => import("./trigger-acts").then((module) => module.TriggerActs), { ssr: false });
const TriggerPanel = dynamic(() => import("./trigger-panel").then((module) => module.TriggerPanel), { ssr: false, loading: () => <SkeletonRows count={6} /> });

/** Triggers of a workflow or of the workspace, and the chosen one beside them. */
export function TriggerList({ workflowId, search, tools }: { workflowId?: string; search?: string; tools?: ReactNode }) {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const mayWriteSomewhere = useMay("trigger:write");
  const mayWriteHere = useMayIn(workflowId, "trigger:write");
  const mayWrite = workflowId === undefined ? mayWriteSomewhere : mayWriteHere;
  const [isCreating, setCreating] = useState(false);
  const isWide = useMediaQuery(WIDE);
  const [acting, setActing] = useState<{ triggerId: string; act: TriggerAct; fromBeside: boolean } | null>(null);
  const chosen = params.get("trigger");
  const acts = acting !== null && acting.triggerId === chosen ? acting : null;
  const query = useInfiniteQuery(trpc.triggers.list.infiniteQueryOptions({ workflowId, search: search === "" ? undefined : search }, { getNextPageParam: (page) => page.nextCursor }));
  useLiveRefresh("triggers", trpc.triggers.list.pathKey());
  const triggers = query.data?.pages.flatMap((page) => page.items) ?? [];
  const chosenTrigger = triggers.find(({ id }) => id === chosen);
  const create = mayWrite ? (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      New trigger
    </Button>
  ) : null;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="min-w-0 flex-1 overflow-y-auto">
        <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 sm:px-6">
          {tools ?? <p className="text-sm text-muted-foreground">What starts this workflow by itself.</p>}
          {create}
        </div>
        <div className="px-4 pb-8 sm:px-6">
          {query.isPending ? (
            <SkeletonRows />
          ) : query.isError ? (
            <ErrorState error={query.error} retry={() => void query.refetch()} what="the triggers" />
          ) : triggers.length === 0 ? (
            <NoTriggers isSearch={search !== undefined && search !== ""} />
          ) : (
            <ul className="divide-y rounded-lg border bg-card" aria-label="Triggers">
              {triggers.map((trigger) => (
                <TriggerRow key={trigger.id} trigger={trigger} showsWorkflow={workflowId === undefined} isChosen={trigger.id === chosen} onChoose={() => change({ trigger: trigger.id })} />
              ))}
            </ul>
          )}
          <LoadMore {...query} />
        </div>
      </div>
      {/* A sheet that comes while a dialog is open would lie over it. */}
      {chosen === null || (acts?.fromBeside === true && !isWide) ? null : (
        <SidePanel title={chosenTrigger?.name ?? "Trigger"} onClose={() => change({ trigger: null })}>
          <TriggerPanel key={chosen} triggerId={chosen} onAct={(act) => setActing({ triggerId: chosen, act, fromBeside: isWide })} />
        </SidePanel>
      )}
      {acts === null ? null : (
        <TriggerActs
          {...acts}
          close={() => setActing(null)}
          onGone={() => {
            setActing(null);
            change({ trigger: null });
          }}
        />
      )}
      {isCreating ? <TriggerDialog trigger={null} workflowId={workflowId} close={() => setCreating(false)} /> : null}
    </div>
  );
}

function NoTriggers({ isSearch }: { isSearch: boolean }) {
  if (isSearch) return <EmptyState icon={SearchX} title="No trigger has this name" />;
  return (
    <EmptyState icon={Zap} title="Nothing starts by itself yet">
      Make a webhook or a schedule here, without publishing; or begin a workflow with a trigger step and publish it.
    </EmptyState>
  );
}

interface TriggerRowProps {
  trigger: TriggerSummary;
  showsWorkflow: boolean;
  isChosen: boolean;
  onChoose: () => void;
}

function TriggerRow({ trigger, showsWorkflow, isChosen, onChoose }: TriggerRowProps) {
  const { counts, nextFireAt, lastFiredAt } = trigger;
  return (
    <li>
      <button type="button" aria-pressed={isChosen} onClick={onChoose} className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-left hover:bg-accent/50 aria-pressed:bg-accent">
        <KindIcon icon={kindIcon(trigger.kind)} group="Triggers" isKnown />
        <span className="flex min-w-0 flex-1 basis-40 flex-col">
          <span className="truncate text-sm font-medium">{trigger.name}</span>
          <span className="truncate text-xs text-muted-foreground">
            {kindTitle(trigger.kind)}
            {showsWorkflow ? ` · ${trigger.workflow.name}` : ""}
            {nextFireAt === null || trigger.pause !== null ? null : <> · next <Moment at={nextFireAt} /></>}
            {lastFiredAt === null ? null : <> · last run <Moment at={lastFiredAt} /></>}
          </span>
        </span>
        <span className="flex flex-wrap gap-1.5">
          {trigger.retiredAt === null ? null : <Badge>Retired</Badge>}
          {trigger.error === null ? null : <Badge tone="danger">Error</Badge>}
          {counts.held > 0 ? <Badge tone="warning">{counts.held} held</Badge> : null}
          {trigger.captureUntil === null ? null : <Badge tone="accent">Listening</Badge>}
          {trigger.pause === null ? null : <Badge tone="warning"><PausedUntil until={trigger.pause.until} /></Badge>}
          {trigger.mode === "enabled" ? null : <Badge tone={trigger.mode === "suspended" ? "warning" : "neutral"}>{trigger.mode === "suspended" ? "Suspended" : "Disabled"}</Badge>}
        </span>
      </button>
    </li>
  );
}
