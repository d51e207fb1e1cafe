"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useValue } from "@/components/values/use-value";
import type { RunDetail } from "@/server/runs/contract";
import { useRerun } from "./use-rerun";

/** Repeats the run with its input changed. */
export function RerunDialog({ run, close }: { run: RunDetail; close: () => void }) {
  const trpc = useTRPC();
  const input = useValue({ runId: run.id, path: "", what: "input" }, "begin");
  const version = useQuery(trpc.workflows.version.queryOptions(run.version === null ? skipToken : { versionId: run.version.id }));
  const isLarge = input.isSuccess && input.data.total !== null && input.data.text === null;
  const isReady = input.isSuccess && (run.version === null || !version.isPending);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Re-run with another input" description="A new run of the same version." className="max-w-xl">
        {input.isError ? (
          <ErrorState error={input.error} retry={() => void input.refetch()} what="the input" />
        ) : isLarge ? (
          <Alert tone="warning" title="The input of this run is too large to edit here.">Start a run by the API instead.</Alert>
        ) : isReady ? (
          <RerunForm runId={run.id} schema={version.data?.definition.input ?? {}} input={parse(input.data.text)} close={close} />
        ) : (
          <SkeletonRows count={3} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function RerunForm({ runId, schema, input, close }: { runId: string; schema: unknown; input: unknown; close: () => void }) {
  const form = useSchemaForm(schema, input);
  const rerun = useRerun();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.check()) rerun.mutate({ runId, input: form.value }, { onSuccess: close });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <JsonSchemaForm form={form} label="Input" />
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={rerun.isPending}>
          Re-run
        </Button>
      </div>
    </form>
  );
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
