"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { folderPath } from "@/components/organizing/folder-paths";
import { useTree } from "@/components/organizing/use-organizing";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

/** `folderId`: the folder that the list shows. Whoever may not make things at the top has to choose one. */
export function BlankWorkflowForm({ folderId, onCreated }: { folderId: string | null; onCreated: (workflow: { id: string }, isPlaced: boolean) => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const mayAtTop = useMayEverywhere("workflow:write");
  const folders = useTree().data?.folders ?? [];
  const [chosen, setChosen] = useState(folderId);
  const place = chosen ?? (mayAtTop || folders.length !== 1 ? null : folders[0]!.id);
  const create = useMutation(trpc.workflows.create.mutationOptions({ onSuccess: (workflow) => onCreated(workflow, place !== null) }));
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
      {mayAtTop ? null : (
        <Field label="Folder" required hint="You have access to some folders only.">
          {(control) => <Select {...control} value={place ?? undefined} placeholder="Choose a folder" onValueChange={setChosen} options={folders.map(({ id }) => ({ value: id, label: folderPath(folders, id).map((folder) => folder.name).join(" / ") }))} />}
        </Field>
      )}
      <Button type="submit" variant="primary" className="self-end" disabled={create.isPending || name.trim() === "" || (place === null && !mayAtTop)}>
        Create
      </Button>
    </form>
  );
}
