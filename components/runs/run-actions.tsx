"use client";

import { Archive, ArchiveX, Ban, ChevronDown, GitCompare, MoreHorizontal, Pencil, RotateCcw, Workflow } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { usePageCommands } from "@/components/palette/page-commands";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { RunDetail } from "@/server/runs/contract";
import { isFinal } from "./run-model";
import { useKeep } from "./use-keep";
import { useRerun } from "./use-rerun";

const CancelDialog = dynamic(() => import("./cancel-dialog").then((module) => module.CancelDialog), { ssr: false });
const RerunDialog = dynamic(() => import("./rerun-dialog").then((module) => module.RerunDialog), { ssr: false });
const CompareDialog = dynamic(() => import("./compare-dialog").then((module) => module.CompareDialog), { ssr: false });

export function RunActions({ run, inputSchema }: { run: RunDetail; inputSchema: unknown }) {
  const mayStart = useMayIn(run.workflow?.id, "run:start");
  const mayCancel = useMayIn(run.workflow?.id, "run:cancel");
  const [dialog, setDialog] = useState<"cancel" | "rerun" | "compare" | null>(null);
  const rerun = useRerun();
  usePageCommands([
    mayStart && { label: "Re-run this run", icon: RotateCcw, run: () => rerun.mutate({ runId: run.id }) },
    mayStart && { label: "Re-run with another input", icon: Pencil, run: () => setDialog("rerun") },
    mayCancel && !isFinal(run.status) && { label: "Cancel this run", icon: Ban, run: () => setDialog("cancel") },
  ]);
  const keep = useKeep(run);
  const href = useHref();
  const mayEdit = useMayIn(run.workflow?.id, "workflow:write");
  return (
    <>
      {mayCancel && !isFinal(run.status) ? (
        <Button onClick={() => setDialog("cancel")}>
          <Ban aria-hidden />
          Cancel
        </Button>
      ) : null}
      {mayStart ? (
        <div className="flex">
          <Button className="rounded-r-none" disabled={rerun.isPending} onClick={() => rerun.mutate({ runId: run.id })}>
            <RotateCcw aria-hidden />
            Re-run
          </Button>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button size="icon" className="rounded-l-none border-l-0" aria-label="More ways to re-run">
                <ChevronDown aria-hidden />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent>
              <DropdownMenuItem onSelect={() => setDialog("rerun")}>
                <Pencil aria-hidden />
                With another input
              </DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </div>
      ) : null}
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button size="icon" aria-label="More about this run">
            <MoreHorizontal aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          {run.workflow !== null && mayEdit ? (
            <DropdownMenuItem asChild>
              <Link href={href(`/workflows/${run.workflow.id}?test=${run.id}`)}>
                <Workflow aria-hidden />
                Open in the builder with this run&apos;s data
              </Link>
            </DropdownMenuItem>
          ) : null}
          <DropdownMenuItem onSelect={() => setDialog("compare")}>
            <GitCompare aria-hidden />
            Compare with another run
          </DropdownMenuItem>
          {mayCancel ? (
            <DropdownMenuItem onSelect={keep.toggle}>
              {keep.isKept ? <ArchiveX aria-hidden /> : <Archive aria-hidden />}
              {keep.isKept ? "Keep no longer than others" : "Keep: retention leaves it alone"}
            </DropdownMenuItem>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog === "compare" ? <CompareDialog run={run} close={() => setDialog(null)} /> : null}
      {dialog === "cancel" ? <CancelDialog runId={run.id} close={() => setDialog(null)} /> : null}
      {dialog === "rerun" ? <RerunDialog run={run} schema={inputSchema} close={() => setDialog(null)} /> : null}
    </>
  );
}
