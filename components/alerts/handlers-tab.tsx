"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { WorkflowPicker } from "@/components/workflows/workflow-picker";

type Handlers = RouterOutputs["alerts"]["settings"]["handlers"];

/** Workflows that start by themselves when runs of others end. */
export function HandlersTab() {
  const trpc = useTRPC();
  const settings = useQuery(trpc.alerts.settings.queryOptions());
  return (
    <Card>
      <CardHeader title="Workflows that start by themselves" description="For every run of the workspace that failed, or that succeeded. Workflows and triggers can be kept from it in their own settings; none is started by what became of its own runs." />
      {settings.isPending ? <SkeletonRows count={2} /> : settings.isError ? <ErrorState error={settings.error} retry={() => void settings.refetch()} what="the settings" /> : <HandlersForm handlers={settings.data.handlers} />}
    </Card>
  );
}

function HandlersForm({ handlers }: { handlers: Handlers }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const save = useMutation(
    trpc.alerts.setHandlers.mutationOptions({
      onSuccess: (next) => {
        queryClient.setQueryData(trpc.alerts.settings.queryKey(), next);
        toast("Saved. It holds for runs that end from now on.", { action: { label: "Undo", onClick: () => save.mutate(handlers) } });
      },
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  const shown = save.isPending ? save.variables : handlers;
  const choice = (field: keyof Handlers, label: string, hint: string) => (
    <Field label={label} hint={hint}>
      {(control) => (
        <WorkflowPicker {...control} value={shown[field] ?? null} none="None" disabled={!mayWrite || save.isPending} onPick={(workflow) => save.mutate({ ...handlers, [field]: workflow?.id ?? null })} />
      )}
    </Field>
  );
  return (
    <div className="grid gap-5 p-4 sm:grid-cols-2">
      {choice("errorWorkflow", "When a run failed", "Its input says which run, which workflow, the error and the step at fault.")}
      {choice("successWorkflow", "When a run succeeded", "Its input says which run and which workflow.")}
    </div>
  );
}
