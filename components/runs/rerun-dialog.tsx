"use client";

import { Download } from "lucide-react";
import { useMemo, type FormEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useDownloadAddress, useValue } from "@/components/values/use-value";
import { decodeValue } from "@/server/expressions/decoding";
import { toPlain } from "@/server/expressions/plain";
import type { RunDetail } from "@/server/runs/contract";
import { LargeInput } from "./large-input";
import { useRerun } from "./use-rerun";

/** Repeats the run with its input changed. The schema is that of the run's own definition, which tests and blocks have too. */
export function RerunDialog({ run, schema, close }: { run: RunDetail; schema: unknown; close: () => void }) {
  const place = { runId: run.id, path: "", what: "input" } as const;
  const address = useDownloadAddress()(place);
  const input = useValue(place, "begin");
  const read = useMemo(() => (input.data === undefined ? null : readInput(input.data.text)), [input.data]);
  const isLarge = input.isSuccess && input.data.total !== null && input.data.text === null;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Re-run with another input" description="A new run of the same version." className="max-w-xl">
        {input.isError ? (
          <ErrorState error={input.error} retry={() => void input.refetch()} what="the input" />
        ) : isLarge ? (
          <LargeInput runId={run.id} address={address} size={input.data.total ?? 0} close={close} />
        ) : read === null ? (
          <SkeletonRows count={3} />
        ) : read.ok ? (
          <RerunForm runId={run.id} schema={schema} input={read.value} close={close} />
        ) : (
          <Alert tone="danger" title="The input of this run cannot be read as values.">
            <a className="inline-flex items-center gap-1 underline" href={address} download>
              <Download aria-hidden className="size-3.5" />
              Download it as it is stored
            </a>
          </Alert>
        )}
      </DialogContent>
    </Dialog>
  );
}

function RerunForm({ runId, schema, input, close }: { runId: string; schema: unknown; input: unknown; close: () => void }) {
  const form = useSchemaForm(schema ?? {}, input);
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

/** What the run read, as plain JSON, and not how it is stored. */
function readInput(text: string | null): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: text === null ? undefined : toPlain(decodeValue(text)) };
  } catch {
    return { ok: false };
  }
}
