"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { LastUse, Use, Uses } from "@/server/named-values/contract";

export interface UsesDialogProps {
  name: string;
  query: { data: Uses | undefined; isPending: boolean; error: unknown; refetch: () => unknown };
  close: () => void;
}

/** What names a secret or a variable, and when it was used last. */
export function UsesDialog({ name, query, close }: UsesDialogProps) {
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={`Where ${name} is used`} className="max-w-lg">
        {query.isPending ? <SkeletonRows count={3} /> : query.data === undefined ? <ErrorState error={query.error} retry={() => void query.refetch()} what="uses" /> : <UseList {...query.data} />}
      </DialogContent>
    </Dialog>
  );
}

export function UseList({ uses, last }: Uses) {
  return (
    <div className="flex flex-col gap-4 text-sm">
      {uses.length === 0 ? (
        <p className="text-muted-foreground">Nothing names it. A name that an expression puts together at run time is not seen here.</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {uses.map((use) => (
            <UseRow key={`${use.kind} ${use.id}`} use={use} />
          ))}
        </ul>
      )}
      {last.length === 0 ? <p className="text-muted-foreground">No run has used it.</p> : last.map((one) => <LastLine key={one.at} last={one} />)}
    </div>
  );
}

const KINDS: Readonly<Record<Use["kind"], string>> = { workflow: "Workflow", trigger: "Trigger", adapter: "LLM adapter", setting: "Setting" };

function UseRow({ use }: { use: Use }) {
  const href = useHref();
  return (
    <li className="flex flex-wrap items-baseline gap-x-2">
      <span className="text-xs text-muted-foreground">{KINDS[use.kind]}</span>
      <Link href={href(addressOf(use))} className="font-medium text-primary underline-offset-4 hover:underline">
        {use.name}
      </Link>
      {use.kind === "workflow" ? <span className="text-xs text-muted-foreground">{[use.inDraft ? "draft" : null, use.publishedVersion === null ? null : `version ${use.publishedVersion}`].filter((part) => part !== null).join(" and ")}</span> : null}
    </li>
  );
}

function addressOf({ kind, id }: Use): string {
  switch (kind) {
    case "workflow":
      return `/workflows/${id}`;
    case "trigger":
      return "/triggers";
    case "adapter":
      return "/settings/adapters";
    case "setting":
      return "/settings/notifications";
  }
}

function LastLine({ last: { at, runId, workflow } }: { last: LastUse }): ReactNode {
  const href = useHref();
  return (
    <p className="text-muted-foreground">
      Used last <Moment at={at} />
      {workflow === null ? null : <> by {workflow.name}</>}
      {runId === null ? null : (
        <>
          {": "}
          <Link href={href(`/runs/${runId}`)} className="text-primary underline-offset-4 hover:underline">
            the run
          </Link>
        </>
      )}
    </p>
  );
}
