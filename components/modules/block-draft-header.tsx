"use client";

import { useQuery } from "@tanstack/react-query";
import { CloudUpload, FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { usePageCommands } from "@/components/palette/page-commands";
import { Avatars } from "@/components/presence/avatars";
import { PageHeader } from "@/components/shell/page-header";
import { useHref, useMay, useMayEverywhere } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { saveNow, whyNotSaved } from "@/components/workflows/save-now";
import { RunDialog } from "@/components/workflows/lazy-dialogs";
import { nameIn, SaveButton, type WorkflowHeaderProps } from "@/components/workflows/workflow-header";
import { PublishBlockDialog } from "./publish-block-dialog";

/** Over the draft of a block's next version. */
export function BlockDraftHeader({ workflow, store, session, draft, people }: WorkflowHeaderProps) {
  const trpc = useTRPC();
  const href = useHref();
  const mayWrite = useMayEverywhere("workflow:write");
  const mayRun = useMay("run:start");
  const block = useQuery(trpc.modules.ofDraft.queryOptions({ workflowId: workflow.id }));
  const [dialog, setDialog] = useState<"publish" | "test" | null>(null);
  const openSaved = async (next: "publish" | "test") => {
    if (!mayWrite || (await saveNow(store, session))) setDialog(next);
    else toast.error(whyNotSaved(store.read()));
  };
  const next = block.data === undefined ? "" : ` ${block.data.latest + 1}`;
  usePageCommands([
    mayRun && { label: "Test the draft", icon: FlaskConical, run: () => void openSaved("test") },
    mayWrite && block.isSuccess && { label: `Make version${next}`, icon: CloudUpload, run: () => void openSaved("publish") },
  ]);
  return (
    <PageHeader
      crumbs={[
        { label: "Workflows", href: href("/workflows") },
        { label: "Blocks", href: href("/workflows/blocks") },
        ...(block.isSuccess ? [{ label: block.data.name, href: href(`/workflows/blocks/${block.data.slug}`) }] : []),
      ]}
      title={block.data?.name ?? workflow.name}
      meta={
        <>
          <Badge tone="accent">Draft of version{next}</Badge>
          <Avatars people={people} nameOf={(id) => nameIn(draft.definition, id)} />
        </>
      }
      actions={
        <>
          {mayWrite ? <SaveButton store={store} session={session} draft={draft} /> : null}
          {mayRun ? <Button onClick={() => void openSaved("test")}><FlaskConical aria-hidden />Test draft</Button> : null}
          {mayWrite ? <Button variant="primary" disabled={!block.isSuccess} onClick={() => void openSaved("publish")}><CloudUpload aria-hidden />Make version{next}</Button> : null}
        </>
      }
    >
      {dialog === "publish" && block.isSuccess ? <PublishBlockDialog block={block.data} definition={draft.definition} problems={draft.problems} close={() => setDialog(null)} /> : null}
      {dialog === "test" ? <RunDialog workflow={workflow} mode="test" definition={draft.definition} close={() => setDialog(null)} /> : null}
    </PageHeader>
  );
}
