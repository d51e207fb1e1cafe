"use client";

import { Play } from "lucide-react";
import { useState, type FormEvent } from "react";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useLastInput } from "@/components/workflows/last-input";
import { SampleInputs } from "@/components/workflows/sample-inputs";
import type { Draft } from "../draft";
import type { TestInput } from "./test-context";

export interface TestInputDialogProps {
  workflowId: string;
  draft: Draft;
  /** A test begins with it. */
  isStart: boolean;
  close: () => void;
  onReady: (input: TestInput) => void;
}

/** The input that tests of this workflow begin with: filled in, or one of the kept ones. */
export function TestInputDialog({ workflowId, draft, isStart, close, onReady }: TestInputDialogProps) {
  const last = useLastInput(workflowId);
  const [begin, setBegin] = useState<{ name: string | null; value: unknown; turn: number }>(() => ({ name: null, value: last.read(), turn: 0 }));
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Input of the test" description="Tests of the draft begin with it, marked as tests." className="max-w-xl">
        <InputForm
          key={begin.turn}
          workflowId={workflowId}
          schema={draft.input ?? {}}
          begin={begin}
          isStart={isStart}
          close={close}
          onReady={onReady}
          onSample={(name, value) => setBegin({ name, value, turn: begin.turn + 1 })}
        />
      </DialogContent>
    </Dialog>
  );
}

interface InputFormProps extends Omit<TestInputDialogProps, "draft"> {
  schema: unknown;
  begin: { name: string | null; value: unknown };
  onSample: (name: string, value: unknown) => void;
}

function InputForm({ workflowId, schema, begin, isStart, close, onReady, onSample }: InputFormProps) {
  const form = useSchemaForm(schema, begin.value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.check()) onReady({ name: form.value === begin.value ? begin.name : null, value: form.value });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <SampleInputs workflowId={workflowId} chosen={form.value === begin.value ? begin.name : null} value={form.value} onChoose={onSample} />
      <JsonSchemaForm form={form} label="Input" />
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary">
          {isStart ? <Play aria-hidden /> : null}
          {isStart ? "Start test" : "Use for tests"}
        </Button>
      </div>
    </form>
  );
}
