"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";

export function BlankWorkflowForm({ onCreated }: { onCreated: (workflow: { id: string }) => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useMutation(trpc.workflows.create.mutationOptions({ onSuccess: onCreated }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, description });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" required error={create.isError ? readRefusal(create.error).message : null}>
        {(control) => <Input {...control} value={name} maxLength={200} required onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label="Description" hint="What it is for, in a sentence.">
        {(control) => <Textarea {...control} value={description} maxLength={10_000} onChange={(event) => setDescription(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" className="self-end" disabled={create.isPending || name.trim() === ""}>
        Create
      </Button>
    </form>
  );
}
