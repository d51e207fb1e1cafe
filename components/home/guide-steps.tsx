"use client";

import { LayoutTemplate, Play, Workflow, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { useState, type ReactNode } from "react";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { NewWorkflowDialog, RunDialog } from "@/components/workflows/lazy-dialogs";
import type { Guide } from "@/server/home/contract";

const TEMPLATE = { tab: "template" } as const;

/** Three ways on, as far as the person may go them. */
export function GuideSteps({ workflow }: { workflow: NonNullable<Guide>["workflow"] }) {
  const href = useHref();
  const mayRun = useMay("run:start");
  const mayWrite = useMay("workflow:write");
  const [dialog, setDialog] = useState<"run" | "new" | null>(null);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="text-sm font-medium">What next</h3>
      <ul className="flex flex-col gap-2">
        <Step icon={Workflow} text="Its steps on a canvas: move them, add one, see what each gives.">
          <Link href={href(`/workflows/${workflow.id}`)} className="font-medium after:absolute after:inset-0">
            {mayWrite ? "Open it in the builder" : "Look at the workflow"}
          </Link>
        </Step>
        {mayRun && workflow.versionId !== null ? (
          <Step icon={Play} text="Order 1002 cannot be delivered and takes another way.">
            <button type="button" className="text-left font-medium after:absolute after:inset-0" onClick={() => setDialog("run")}>
              Run it with your input
            </button>
          </Step>
        ) : null}
        {mayWrite ? (
          <Step icon={LayoutTemplate} text="An approval, a language model, a paginated API: each runs as it is.">
            <button type="button" className="text-left font-medium after:absolute after:inset-0" onClick={() => setDialog("new")}>
              Start from a template
            </button>
          </Step>
        ) : null}
      </ul>
      {dialog === "run" ? <RunDialog workflow={workflow} mode="production" versionId={workflow.versionId ?? undefined} close={() => setDialog(null)} /> : null}
      {dialog === "new" ? <NewWorkflowDialog beginning={TEMPLATE} close={() => setDialog(null)} /> : null}
    </div>
  );
}

function Step({ icon: Icon, text, children }: { icon: LucideIcon; text: string; children: ReactNode }) {
  return (
    <li className="relative flex gap-3 rounded-md border p-3 text-sm transition-colors hover:bg-muted/60">
      <Icon className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden />
      <div className="flex min-w-0 flex-col gap-0.5">
        {children}
        <span className="text-xs text-muted-foreground">{text}</span>
      </div>
    </li>
  );
}
