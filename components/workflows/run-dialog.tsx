"use client";

import { useQuery } from "@tanstack/react-query";
import { skipToken } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { cn } from "@/components/ui/class-names";
import { Dialog, DialogContent, STAYS_HIGH } from "@/components/ui/dialog";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import type { VersionSummary, WorkflowDetail } from "@/server/workflows/contract";
import { RunForm } from "./run-form";

const BatchForm = dynamic(() => import("@/components/batches/batch-form").then((module) => module.BatchForm), { ssr: false, loading: () => <Skeleton className="h-64 w-full" /> });

export type RunDialogProps = { workflow: Pick<WorkflowDetail, "id" | "name">; close: () => void } & (
  | { mode: "test"; definition: Record<string, unknown> }
  /** An old version, as a test. */
  | { mode: "test"; version: Pick<VersionSummary, "id" | "number"> }
  /** `follows`: whatever the environment has, rather than this version. */
  | { mode: "production"; versionId: string | undefined; follows?: boolean }
);

/** Asks for the input and starts a run. */
export function RunDialog(props: RunDialogProps) {
  const { workflow, mode, close } = props;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={mode === "production" ? `Run ${workflow.name}` : "version" in props ? `Test version ${props.version.number} of ${workflow.name}` : `Test the draft of ${workflow.name}`}
        description={mode === "production" ? undefined : "version" in props ? "The version runs once, marked as a test." : "The draft as it is now runs once, marked as a test."}
        className={cn("max-w-xl", STAYS_HIGH)}
      >
        {props.mode === "production" ? (
          <Tabs defaultValue="one">
            <TabsList className="mb-4" aria-label="How many runs">
              <TabsTrigger value="one">One run</TabsTrigger>
              <TabsTrigger value="many">Many from CSV</TabsTrigger>
            </TabsList>
            <TabsContent value="one">
              <PublishedRunForm workflowId={workflow.id} mode="production" versionId={props.versionId} follows={props.follows} close={close} />
            </TabsContent>
            <TabsContent value="many">
              <BatchForm workflowId={workflow.id} versionId={props.versionId} close={close} />
            </TabsContent>
          </Tabs>
        ) : "version" in props ? (
          <PublishedRunForm workflowId={workflow.id} mode="test" versionId={props.version.id} close={close} />
        ) : (
          <RunForm workflowId={workflow.id} mode="test" definition={props.definition} close={close} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function PublishedRunForm({ workflowId, mode, versionId, follows = false, close }: { workflowId: string; mode: "production" | "test"; versionId: string | undefined; follows?: boolean | undefined; close: () => void }) {
  const trpc = useTRPC();
  const version = useQuery(trpc.workflows.version.queryOptions(versionId === undefined ? skipToken : { versionId }));
  if (version.isError) return <ErrorState error={version.error} retry={() => void version.refetch()} what="the version" />;
  if (!version.isSuccess) return <SkeletonRows count={3} />;
  return (
    <RunForm
      workflowId={workflowId}
      mode={mode}
      versionId={follows || (version.data.current && mode === "production") ? undefined : version.data.id}
      definition={version.data.definition}
      close={close}
    />
  );
}
