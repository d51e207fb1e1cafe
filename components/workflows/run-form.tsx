"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { StartEnvironment, useStartEnvironment } from "@/components/environments/start-environment";
import { useUrlState } from "@/components/shell/use-url-state";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { useLastInput } from "./last-input";
import { SampleInputs } from "./sample-inputs";

export interface RunFormProps {
  workflowId: string;
  mode: "production" | "test";
  versionId?: string;
  definition: Record<string, unknown>;
  close: () => void;
}

/** Fields keep their own text, so another input begins another form. */
export function RunForm(props: RunFormProps) {
  const last = useLastInput(props.workflowId);
  const [begin, setBegin] = useState<Begin>(() => ({ sample: null, value: last.read(), turn: 0 }));
  return <InputForm key={begin.turn} {...props} begin={begin} onSample={(sample, value) => setBegin({ sample, value, turn: begin.turn + 1 })} />;
}

interface Begin {
  /** Name of the sample that the form begins with. */
  sample: string | null;
  value: unknown;
  turn: number;
}

function InputForm({ workflowId, mode, versionId, definition, close, begin, onSample }: RunFormProps & { begin: Begin; onSample: (name: string, value: unknown) => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const triggers = manualTriggers(definition);
  const [startNode, setStartNode] = useState(triggers[0]?.id);
  const [environment, setEnvironment, environments] = useStartEnvironment(workflowId, mode);
  const { change } = useUrlState();
  const isShownHere = useMayIn(workflowId, "workflow:write") && mode === "test" && versionId === undefined;
  const last = useLastInput(workflowId);
  const form = useSchemaForm(definition.input ?? {}, begin.value);
  const start = useMutation(
    trpc.runs.start.mutationOptions({
      onSuccess: ({ runId }) => {
        close();
        // Who edits the draft sees on its canvas what the test does.
        if (isShownHere) change({ test: runId, view: null });
        else router.push(href(`/runs/${runId}`));
        void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!form.check()) return;
    last.remember(form.value, definition.input ?? {});
    start.mutate({ workflowId, versionId, mode, input: form.value, ...(environment === undefined ? {} : { environment }), ...(triggers.length > 1 ? { startNode } : {}) });
  };
  const refusal = start.isError ? readRefusal(start.error) : null;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {refusal === null ? null : (
        <Alert tone="danger" title={refusal.message}>
          {refusal.problems.length > 0 ? <ul>{refusal.problems.slice(0, 8).map((problem, index) => <li key={index}>{problem.message}</li>)}</ul> : null}
        </Alert>
      )}
      {triggers.length > 1 ? <StartChoice triggers={triggers} value={startNode} onChange={setStartNode} /> : null}
      <StartEnvironment environments={environments} value={environment} onChange={setEnvironment} />
      <SampleInputs workflowId={workflowId} chosen={form.value === begin.value ? begin.sample : null} value={form.value} onChoose={onSample} />
      <JsonSchemaForm form={form} label="Input" />
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={start.isPending}>
          <Play aria-hidden />
          {start.isPending ? "Starting …" : "Start run"}
        </Button>
      </div>
    </form>
  );
}

interface Trigger {
  id: string;
  name: string;
}

function StartChoice({ triggers, value, onChange }: { triggers: readonly Trigger[]; value: string | undefined; onChange: (id: string) => void }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <Label htmlFor={id}>Start at</Label>
      <Select id={id} value={value} onValueChange={onChange} options={triggers.map((trigger) => ({ value: trigger.id, label: trigger.name }))} />
    </div>
  );
}

function manualTriggers(definition: Record<string, unknown>): Trigger[] {
  const nodes: unknown[] = Array.isArray(definition.nodes) ? definition.nodes : [];
  return nodes.flatMap((node) => {
    const { id, kind, name } = (node ?? {}) as Record<string, unknown>;
    return kind === "trigger.manual" && typeof id === "string" ? [{ id, name: typeof name === "string" && name !== "" ? name : id }] : [];
  });
}
