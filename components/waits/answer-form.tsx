"use client";

import { Check, X } from "lucide-react";
import { useState, type KeyboardEvent } from "react";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

export interface Answer {
  decision: "approved" | "rejected";
  values?: unknown;
  comment: string;
}

export interface AnswerFormProps {
  schema: boolean | Record<string, unknown> | null;
  isBusy: boolean;
  refusal: string | null;
  onAnswer: (answer: Answer) => void;
  withKeys?: boolean;
}

/** Approve or reject, with what the form asks for. A rejection needs none of it. */
export function AnswerForm({ schema, isBusy, refusal, onAnswer, withKeys = false }: AnswerFormProps) {
  const hasForm = typeof schema === "object" && schema !== null && Object.keys(schema).length > 0;
  const form = useSchemaForm(hasForm ? schema : {}, hasForm ? undefined : {});
  const [comment, setComment] = useState("");
  const approve = () => {
    if (!hasForm) onAnswer({ decision: "approved", comment });
    else if (form.check()) onAnswer({ decision: "approved", values: form.value, comment });
  };
  const reject = () => onAnswer({ decision: "rejected", comment });
  const onKeyDown = (event: KeyboardEvent) => {
    if (isBusy || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (event.shiftKey) reject();
    else approve();
  };
  return (
    <div className="flex flex-col gap-4" onKeyDown={onKeyDown}>
      {refusal === null ? null : <Alert tone="danger" title={refusal} />}
      {hasForm ? <JsonSchemaForm form={form} label="Answer" /> : null}
      <Field label="Comment">
        {(control) => <Textarea {...control} className="min-h-16" value={comment} maxLength={5_000} onChange={(event) => setComment(event.target.value)} />}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" disabled={isBusy} onClick={approve}>
          <Check aria-hidden />
          Approve
        </Button>
        <Button disabled={isBusy} onClick={reject}>
          <X aria-hidden />
          Reject
        </Button>
      </div>
      {withKeys ? <p className="text-xs text-muted-foreground max-lg:hidden">In the form, Ctrl or ⌘ Enter approves; with Shift it rejects.</p> : null}
    </div>
  );
}
