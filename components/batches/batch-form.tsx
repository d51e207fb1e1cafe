"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp, ListChecks, Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { randomId } from "@/components/data/random-id";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { StartEnvironment, useStartEnvironment } from "@/components/environments/start-environment";
import { useHref } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { ColumnMapping } from "./column-mapping";
import { RowPreview } from "./row-preview";
import { RowProblems } from "./row-problems";

type Checked = RouterOutputs["batches"]["check"];

type Mapping = Record<string, string>;

export interface BatchFormProps {
  workflowId: string;
  versionId?: string;
  close: () => void;
}

/** One run for each row of a CSV file: what would start is shown, and what would not, before anything does. */
export function BatchForm({ workflowId, versionId, close }: BatchFormProps) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [mapping, setMapping] = useState<Mapping | undefined>();
  const file = useRef<HTMLInputElement>(null);
  // What was seen last stays while the rows are looked at again.
  const [checked, setChecked] = useState<Checked | null>(null);
  const [environment, setEnvironment, environments] = useStartEnvironment(workflowId, "production");
  const place = environment === undefined ? {} : { environment };
  const check = useMutation(trpc.batches.check.mutationOptions());
  const look = (csv: { text: string; mapping?: Mapping }, where: { environment?: string } = place) => check.mutate({ workflowId, versionId, ...where, csv }, { onSuccess: setChecked, onError: () => setChecked(null) });
  const changeText = (next: string) => {
    setText(next);
    setMapping(undefined);
    setChecked(null);
    check.reset();
  };
  const open = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    const content = await chosen.text();
    changeText(content);
    look({ text: content });
  };
  const remap = (next: Mapping) => {
    setMapping(next);
    setChecked((current) => current && { ...current, mapping: next });
    look({ text, mapping: next });
  };
  // Another environment may have another version, with other inputs.
  const changeEnvironment = (next: string) => {
    setEnvironment(next);
    if (checked !== null) look({ text, mapping }, { environment: next });
  };
  return (
    <div className="flex flex-col gap-4">
      <StartEnvironment environments={environments} value={environment} onChange={changeEnvironment} />
      <Field label="CSV" hint="The first line names the columns; each row below it becomes one run.">
        {(control) => (
          <Textarea {...control} className="min-h-28 font-mono text-xs" spellCheck={false} placeholder={"orderId,amount\n1001,25.50"} value={text} onChange={(event) => changeText(event.target.value)} />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <input ref={file} type="file" accept=".csv,.tsv,.txt,text/csv" className="sr-only" tabIndex={-1} aria-label="CSV file" onChange={(event) => void open(event.target.files?.[0])} />
        <Button onClick={() => file.current?.click()}>
          <FileUp aria-hidden />
          Choose a file
        </Button>
        <Button disabled={text.trim() === "" || check.isPending} onClick={() => look({ text, mapping })}>
          <ListChecks aria-hidden />
          {check.isPending ? "Checking …" : "Check rows"}
        </Button>
      </div>
      {check.isError ? <Alert tone="danger" title={readRefusal(check.error).message} /> : null}
      {checked === null ? (
        <div className="flex justify-end">
          <Button onClick={close}>Cancel</Button>
        </div>
      ) : (
        <>
          <ColumnMapping checked={checked} onChange={remap} />
          <RowPreview sample={checked.sample} total={checked.total} />
          <RowProblems checked={checked} />
          <StartRows key={`${checked.total} ${checked.bad} ${environment ?? ""}`} checked={checked} csv={{ text, mapping }} isStale={check.isPending} workflowId={workflowId} versionId={versionId} environment={environment} close={close} />
        </>
      )}
    </div>
  );
}

function StartRows({ checked, csv, isStale, workflowId, versionId, environment, close }: BatchFormProps & { environment: string | undefined; checked: Checked; csv: { text: string; mapping: Mapping | undefined }; isStale: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [skips, setSkips] = useState(false);
  // Pressing the button again after a lost answer starts nothing twice.
  const [idempotencyKey] = useState(() => randomId());
  const start = useMutation(
    trpc.batches.start.mutationOptions({
      onSuccess: (batch) => {
        close();
        toast.success(`${batch.total} ${batch.total === 1 ? "run" : "runs"} started${batch.skipped === 0 ? "" : `, ${batch.skipped} left out`}.`);
        void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() });
        router.push(href(`/runs?label=${encodeURIComponent(`batch=${batch.name}`)}`));
      },
    }),
  );
  const good = checked.total - checked.bad;
  const isBlocked = good === 0 || (checked.bad > 0 && !skips);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ workflowId, versionId, ...(environment === undefined ? {} : { environment }), csv, badRows: skips ? "skip" : "refuse", idempotencyKey: `${idempotencyKey} ${name.trim()}`, ...(name.trim() === "" ? {} : { name: name.trim() }) });
      }}
    >
      {checked.bad > 0 && good > 0 ? (
        <label className="flex items-center gap-2 text-sm">
          <Checkbox checked={skips} onCheckedChange={(value) => setSkips(value === true)} />
          {`Leave out the ${checked.bad} bad ${checked.bad === 1 ? "row" : "rows"} and start the others`}
        </label>
      ) : null}
      <Field label="Name of the batch" hint="The runs carry it as the label “batch”. Empty: made of the workflow's name and the time.">
        {(control) => <Input {...control} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {start.isError ? <Alert tone="danger" title={readRefusal(start.error).message} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={isBlocked || isStale || start.isPending}>
          <Play aria-hidden />
          {start.isPending ? "Starting …" : `Start ${good} ${good === 1 ? "run" : "runs"}`}
        </Button>
      </div>
    </form>
  );
}
