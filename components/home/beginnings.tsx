"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useMay, useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { NewWorkflowDialog } from "@/components/workflows/lazy-dialogs";
import type { Beginning } from "@/components/workflows/new-workflow-dialog";

const WAYS: readonly { tab: Beginning["tab"]; label: string }[] = [
  { tab: "template", label: "Choose a template" },
  { tab: "blank", label: "Begin with nothing" },
  { tab: "import", label: "Import a file" },
];

/** Whether there is one, for who may make one. */
export function useFirstWorkflow() {
  const trpc = useTRPC();
  return useQuery({ ...trpc.workflows.list.queryOptions({ limit: 1 }), enabled: useMay("workflow:write") });
}

/** For a workspace that holds nothing yet: how to have something that runs. */
export function Beginnings() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("workflow:write");
  const mayPublish = useMayEverywhere("workflow:publish");
  const mayRun = useMayEverywhere("run:start");
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  const first = useFirstWorkflow();
  useLiveRefresh(mayWrite ? "workflows" : null, trpc.workflows.list.pathKey());
  const begin = useMutation(
    trpc.home.beginWithExample.mutationOptions({
      onSettled: () => Promise.all([trpc.home.pathKey(), trpc.workflows.pathKey()].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  if (!mayWrite || first.data === undefined || first.data.items.length > 0) return null;
  return (
    <Card className="border-primary/30">
      <section aria-labelledby="beginnings-title" className="flex flex-col gap-4 p-4 sm:p-5">
        <div className="flex flex-col gap-1">
          <h2 id="beginnings-title" className="text-base font-semibold">There is no workflow here yet.</h2>
          <p className="max-w-2xl text-sm text-muted-foreground">
            {mayPublish && mayRun ? "See one run first: an order is loaded, the stock of its lines is asked for, and the payment is taken, with retries. It is made in this workspace, to look at and to change. Or begin at once." : "Begin with one of these."}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {mayPublish && mayRun ? (
            <Button variant="primary" disabled={begin.isPending} onClick={() => begin.mutate()}>
              <Play aria-hidden />
              {begin.isPending ? "Starting …" : "Run the example"}
            </Button>
          ) : null}
          {WAYS.map(({ tab, label }) => <Button key={tab} onClick={() => setBeginning({ tab })}>{label}</Button>)}
        </div>
      </section>
      {beginning === null ? null : <NewWorkflowDialog beginning={beginning} close={() => setBeginning(null)} />}
    </Card>
  );
}
