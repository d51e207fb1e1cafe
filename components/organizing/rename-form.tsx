"use client";

import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";

interface Named {
  name: string;
  description: string;
}

export interface RenameFormProps {
  title: string;
  hint?: string;
  current: Named;
  maxDescription: number;
  /** What the server answered. */
  error: unknown;
  isBusy: boolean;
  onSave: (next: Named) => void;
  close: () => void;
}

/** Name and description of something that people find by them. */
export function RenameForm({ title, hint, current, maxDescription, error, isBusy, onSave, close }: RenameFormProps) {
  const [name, setName] = useState(current.name);
  const [description, setDescription] = useState(current.description);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ name, description });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={title}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="rename" type="submit" variant="primary" disabled={isBusy || name.trim() === ""}>
              Save
            </Button>
          </>
        }
      >
        <form id="rename" onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" required hint={hint} error={error ? readRefusal(error).message : null}>
            {(control) => <Input {...control} value={name} maxLength={200} required onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label="Description">
            {(control) => <Textarea {...control} value={description} maxLength={maxDescription} onChange={(event) => setDescription(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
