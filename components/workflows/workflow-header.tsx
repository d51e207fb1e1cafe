"use client";

import { useQuery } from "@tanstack/react-query";
import { CloudUpload, FileCheck, FlaskConical, Play, Save } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EditSession } from "@/components/builder/edit-session";
import { usePageCommands } from "@/components/palette/page-commands";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { readGraph } from "@/components/canvas/read-graph";
import { Avatars } from "@/components/presence/avatars";
import type { Person } from "@/components/presence/people";
import { ReviewStatus } from "@/components/reviews/review-status";
import { PageHeader } from "@/components/shell/page-header";
import { useIsLocked, useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { DeployedVersions } from "@/components/environments/environment-badge";
import { useDeployments } from "@/components/environments/use-environments";
import { UnpublishedBadge } from "@/components/versions/unpublished-badge";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { toast } from "@/components/ui/toast";
import { Tooltip } from "@/components/ui/tooltip";
import type { WorkflowDetail } from "@/server/workflows/contract";
import type { DraftState, DraftStore } from "./draft-store";
import { PublishDialog, RequestReviewDialog, RunDialog } from "./lazy-dialogs";
import { WorkflowMenu } from "./workflow-menu";
import { PublishState } from "./publish-state";
import { saveNow, whyNotSaved } from "./save-now";
import { useUnlessHeld } from "./use-unless-held";

type Dialog = "publish" | "bypass" | "review" | "run" | "test";

export interface WorkflowHeaderProps {
  workflow: WorkflowDetail;
  store: DraftStore;
  session: EditSession;
  draft: DraftState;
  people: readonly Person[];
}

export function WorkflowHeader({ workflow, store, session, draft, people }: WorkflowHeaderProps) {
  const href = useHref();
  const router = useRouter();
  const mayWrite = useMayIn(workflow.id, "workflow:write");
  const mayPublish = useMayIn(workflow.id, "workflow:publish");
  const mayRun = useMayIn(workflow.id, "run:start");
  const [opened, setOpened] = useState<{ dialog: Dialog; revision: number } | null>(null);
  const dialog = opened?.dialog ?? null;
  const trpc = useTRPC();
  const places = useDeployments(workflow.id);
  const started = places.findLast(({ current }) => current !== null)?.current;
  const isStartable = workflow.published !== null || started != null;
  const protection = useQuery({ ...trpc.reviews.protection.queryOptions({ workflowId: workflow.id }), enabled: mayWrite }).data;
  useLiveRefresh(protection === undefined ? null : `workflow:${workflow.id}`, trpc.reviews.protection.queryKey({ workflowId: workflow.id }));
  const review = protection?.review ?? null;
  const isApproved = review?.status === "approved" && review.draftRevision === store.revision && !draft.isDirty;
  const needsReview = protection?.needsReview === true && !isApproved;
  const isLocked = useIsLocked(workflow.id);
  const isArchived = workflow.archivedAt !== null;
  // Saved, and the workflow as the server now has it is still on its way.
  const isNotYetHeard = store.revision > workflow.revision;
  const isChanged = useUnlessHeld(workflow.draftChanged || draft.isDirty || isNotYetHeard);
  const shownPeople = useUnlessHeld(people);
  const close = () => setOpened(null);
  // What is published is what stood there when it was asked for, not what others add meanwhile.
  const open = (next: Dialog) => setOpened({ dialog: next, revision: store.revision });
  const openSaved = async (next: "publish" | "review" | "test") => {
    if (!mayWrite || (await saveNow(store, session))) open(next);
    else toast.error(whyNotSaved(store.read()));
  };
  usePageCommands([
    mayRun && !isArchived && isStartable && { label: "Run this workflow", icon: Play, run: () => open("run") },
    mayRun && !isArchived && { label: "Test the draft", icon: FlaskConical, run: () => void openSaved("test") },
    mayPublish && !isArchived && !needsReview && { label: "Publish this workflow", icon: CloudUpload, run: () => void openSaved("publish") },
  ]);
  return (
    <PageHeader
      crumbs={[{ label: "Workflows", href: href("/workflows") }]}
      title={workflow.name}
      meta={
        <>
          {places.length === 0 || isArchived ? <PublishState workflow={{ ...workflow, draftChanged: false }} /> : <DeployedVersions places={places} />}
          {isLocked ? <Tooltip content="A protection rule keeps you from changing what is in this folder."><Badge tabIndex={0}>Locked</Badge></Tooltip> : null}
          {review === null ? null : <Link href={href(`/reviews?review=${review.id}`)} className="contents"><ReviewStatus review={review} /></Link>}
          <UnpublishedBadge workflow={workflow} draft={draft.definition} isChanged={isChanged} />
          <Avatars people={shownPeople} nameOf={(id) => nameIn(draft.definition, id)} />
        </>
      }
      actions={
        <>
          {mayWrite ? <SaveButton store={store} session={session} draft={draft} /> : null}
          {mayRun && !isArchived ? (
            <Button onClick={() => void openSaved("test")}>
              <FlaskConical aria-hidden />
              Test draft
            </Button>
          ) : null}
          {isArchived ? null : needsReview && mayWrite ? (
            <Button onClick={() => void openSaved("review")}>
              <FileCheck aria-hidden />
              Request review
            </Button>
          ) : mayPublish ? (
            <Button onClick={() => void openSaved("publish")}>
              <CloudUpload aria-hidden />
              Publish
            </Button>
          ) : null}
          {mayRun && !isArchived ? <RunButton isPublished={isStartable} onRun={() => open("run")} /> : null}
          <WorkflowMenu workflow={workflow} onGone={() => router.push(href("/workflows"))} />
        </>
      }
    >
      {workflow.description ? <p className="line-clamp-2 max-w-3xl text-sm text-muted-foreground" title={workflow.description}>{workflow.description}</p> : null}
      {opened?.dialog === "publish" || opened?.dialog === "bypass" ? <PublishDialog workflow={workflow} revision={opened.revision} isOutdated={store.revision !== opened.revision} problems={draft.problems} bypassReview={opened.dialog === "bypass"} close={close} /> : null}
      {opened?.dialog === "review" && protection !== undefined ? <RequestReviewDialog workflow={workflow} revision={opened.revision} state={protection} bypass={() => setOpened({ ...opened, dialog: "bypass" })} close={close} /> : null}
      {dialog === "test" ? <RunDialog workflow={workflow} mode="test" definition={draft.definition} close={close} /> : null}
      {dialog === "run" ? <RunDialog workflow={workflow} mode="production" versionId={workflow.published?.versionId ?? started?.version.id} follows close={close} /> : null}
    </PageHeader>
  );
}

export function nameIn(definition: Record<string, unknown>, id: string): string {
  return readGraph(definition).nodes.find((node) => node.id === id)?.name ?? id;
}

const SAVE_LABELS = ["Save", "Saving …", "Saved"] as const;

/** As wide whatever it says: what is beside and below it stays where it is. */
export function SaveButton({ store, session, draft }: { store: DraftStore; session: EditSession; draft: DraftState }) {
  const label = SAVE_LABELS[draft.isSaving ? 1 : draft.isDirty ? 0 : 2];
  return (
    <Button onClick={() => void saveNow(store, session)} disabled={!draft.isDirty || draft.isSaving || draft.conflict !== null || draft.conflicts.length > 0} title="Save the draft (Ctrl or ⌘ S)">
      <Save aria-hidden />
      <span className="grid text-left">
        {SAVE_LABELS.map((text) => <span key={text} aria-hidden={text !== label} className={cn("col-start-1 row-start-1", text !== label && "invisible")}>{text}</span>)}
      </span>
    </Button>
  );
}

function RunButton({ isPublished, onRun }: { isPublished: boolean; onRun: () => void }) {
  if (isPublished) {
    return (
      <Button variant="primary" onClick={onRun}>
        <Play aria-hidden />
        Run
      </Button>
    );
  }
  return (
    <Tooltip content="Publish a version first. The draft can be tested before.">
      <Button variant="primary" aria-disabled onClick={(event) => event.preventDefault()}>
        <Play aria-hidden />
        Run
      </Button>
    </Tooltip>
  );
}
