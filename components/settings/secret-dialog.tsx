"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { secretNameSchema, type SecretView } from "@/server/secrets/contract";

/** A new secret, or a new value for one. The value goes in and never comes out. */
export function SecretDialog({ secret, close }: { secret: SecretView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(secret?.name ?? "");
  const [value, setValue] = useState("");
  const [description, setDescription] = useState(secret?.description ?? "");
  const put = useMutation(
    trpc.secrets.put.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.secrets.pathKey() });
        close();
      },
    }),
  );
  const naming = name === "" ? null : (secretNameSchema.safeParse(name).error?.issues[0]?.message ?? null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put.mutate({ name, description, ...(value === "" ? {} : { value }) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={secret === null ? "New secret" : `Change ${secret.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="secret" type="submit" variant="primary" disabled={put.isPending || naming !== null || name === "" || (secret === null && value === "")}>
              Save
            </Button>
          </>
        }
      >
        <form id="secret" onSubmit={submit} className="flex flex-col gap-4" autoComplete="off">
          {put.isError ? <Alert tone="danger" title={readRefusal(put.error).message} /> : null}
          {secret === null ? (
            <Field label="Name" required error={naming}>
              {(control) => <Input {...control} value={name} required className="font-mono" onChange={(event) => setName(event.target.value)} />}
            </Field>
          ) : null}
          <Field label="Value" required={secret === null} hint={secret === null ? undefined : "Left empty: the value stays as it is."}>
            {(control) => (
              <Textarea {...control} value={value} spellCheck={false} autoComplete="off" className="font-mono" onChange={(event) => setValue(event.target.value)} />
            )}
          </Field>
          <Field label="Description">
            {(control) => <Input {...control} value={description} maxLength={1_000} onChange={(event) => setDescription(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
