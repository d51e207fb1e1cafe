"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { WorkflowOfForm } from "@/components/forms/workflow-of-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { WorkflowPicker } from "@/components/workflows/workflow-picker";
import { TriggerEnvironment } from "@/components/environments/environment-choice";
import { formOf } from "@/server/nodes/form";
import type { TriggerDetail } from "@/server/triggers/contract";
import { KIND_OPTIONS, kindTitle, partsOfForm, type TriggerKind } from "./kind-choices";
import { NextSlots } from "./next-slots";

export interface TriggerDialogProps {
  /** Null: a new one. */
  trigger: TriggerDetail | null;
  /** The workflow that a new one is for; without it there is a choice. */
  workflowId?: string;
  close: () => void;
}

export function TriggerDialog({ trigger, workflowId, close }: TriggerDialogProps) {
  const [kind, setKind] = useState(trigger?.kind ?? "webhook");
  const [name, setName] = useState(trigger?.name ?? "");
  const [workflow, setWorkflow] = useState(trigger?.workflow.id ?? workflowId);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={trigger === null ? "New trigger" : `Change ${trigger.name}`} className="sm:max-w-2xl">
        <div className="flex flex-col gap-4">
          {trigger === null ? (
            <Field label="Kind" required>
              {(control) => <Select {...control} value={kind} onValueChange={setKind} options={KIND_OPTIONS} />}
            </Field>
          ) : null}
          {trigger === null && workflowId === undefined ? <WorkflowChoice value={workflow} onChange={setWorkflow} /> : null}
          <Field label="Name" required>
            {(control) => <Input {...control} value={name} maxLength={200} placeholder={kindTitle(kind)} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <ConfigForm key={kind} kind={kind} trigger={trigger} name={name.trim() === "" ? kindTitle(kind) : name.trim()} workflowId={workflow} close={close} />
        </div>
      </DialogContent>
    </Dialog>
  );
}

function WorkflowChoice({ value, onChange }: { value: string | undefined; onChange: (id: string) => void }) {
  return <Field label="Workflow" required>{(control) => <WorkflowPicker {...control} value={value ?? null} onPick={(workflow) => (workflow === null ? undefined : onChange(workflow.id))} />}</Field>;
}

interface ConfigFormProps {
  kind: string;
  trigger: TriggerDetail | null;
  name: string;
  workflowId: string | undefined;
  close: () => void;
}

function ConfigForm({ kind, trigger, name, workflowId, close }: ConfigFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useSchemaForm(formOf(`trigger.${kind}`) ?? {}, trigger === null ? undefined : { ...trigger.config, ...trigger.settings });
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
    close();
  };
  const create = useMutation(trpc.triggers.create.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.triggers.update.mutationOptions({ onSuccess }));
  const [environmentId, setEnvironmentId] = useState(trigger?.environment?.id ?? null);
  const parts = partsOfForm(form.value);
  const error = create.error ?? update.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!form.check() || workflowId === undefined) return;
    if (trigger === null) create.mutate({ workflowId, kind: kind as TriggerKind, name, ...parts, environmentId });
    else update.mutate({ triggerId: trigger.id, name, ...parts, environmentId });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" autoComplete="off">
      {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
      <TriggerEnvironment value={environmentId} onChange={setEnvironmentId} />
      <WorkflowOfForm value={workflowId ?? null}>
        <JsonSchemaForm form={form} label="Settings" />
      </WorkflowOfForm>
      {kind === "schedule" ? <NextSlots config={parts.config} /> : null}
      <div className="flex justify-end gap-2">
        <Button type="button" onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={create.isPending || update.isPending || workflowId === undefined}>
          {trigger === null ? "Make trigger" : "Save"}
        </Button>
      </div>
    </form>
  );
}
