"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { useFolderChoice } from "./folder-choice";

/** `folderId`: the folder that the list shows. Whoever may not make things at the top has to choose one. */
export function BlankWorkflowForm({ folderId, onCreated }: { folderId: string | null; onCreated: (workflow: { id: string }) => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const { folderId: place, isChosen, field } = useFolderChoice(folderId);
  const create = useMutation(trpc.workflows.create.mutationOptions({ onSuccess: (workflow) => onCreated(workflow) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, description, ...(place === null ? {} : { folderId: place }) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" required error={create.isError ? readRefusal(create.error).message : null}>
        {(control) => <Input {...control} value={name} maxLength={200} required onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label="Description" hint="What it is for, in a sentence.">
        {(control) => <Textarea {...control} value={description} maxLength={10_000} onChange={(event) => setDescription(event.target.value)} />}
      </Field>
      {field}
      <Button type="submit" variant="primary" className="self-end" disabled={create.isPending || name.trim() === "" || !isChosen}>
        Create
      </Button>
    </form>
  );
}
