"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { variableNameSchema } from "@/server/variables/contract";

/** A value is JSON; text that is not JSON is taken as text. */
export function VariableDialog({ variable, close }: { variable: RouterOutputs["variables"]["list"][number] | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(variable?.name ?? "");
  const [text, setText] = useState(() => (variable === null ? "" : printValue(variable.value)));
  const [description, setDescription] = useState(variable?.description ?? "");
  const save = useMutation(
    trpc.variables.set.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.variables.pathKey() });
        close();
      },
    }),
  );
  const naming = name === "" ? null : (variableNameSchema.safeParse(name).error?.issues[0]?.message ?? null);
  const value = readValue(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name, value, description });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={variable === null ? "New variable" : `Change ${variable.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="variable" type="submit" variant="primary" disabled={save.isPending || naming !== null || name === ""}>
              Save
            </Button>
          </>
        }
      >
        <form id="variable" onSubmit={submit} className="flex flex-col gap-4">
          {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
          {variable === null ? (
            <Field label="Name" required error={naming}>
              {(control) => <Input {...control} value={name} required className="font-mono" onChange={(event) => setName(event.target.value)} />}
            </Field>
          ) : null}
          <Field label="Value" hint={`Stored as ${typeof value === "string" ? "text" : "JSON"}. Numbers, true, lists and objects are written as JSON.`}>
            {(control) => <Textarea {...control} value={text} spellCheck={false} className="font-mono" onChange={(event) => setText(event.target.value)} />}
          </Field>
          <Field label="Description">
            {(control) => <Input {...control} value={description} maxLength={1_000} onChange={(event) => setDescription(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}

type Json = Parameters<typeof JSON.stringify>[0] & (string | number | boolean | null | Json[] | { [key: string]: Json });

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Text shows without quotes, unless it would be read as something else then. */
function printValue(value: unknown): string {
  return typeof value === "string" && readValue(value) === value ? value : JSON.stringify(value, null, 2);
}
