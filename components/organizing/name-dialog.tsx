"use client";

import { useState, type FormEvent, type ReactNode } from "react";
import { readRefusal } from "@/components/data/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

export interface NameDialogProps {
  title: string;
  action: string;
  name?: string;
  maxLength: number;
  isPending: boolean;
  error: unknown;
  onSubmit: (name: string) => void;
  close: () => void;
  children?: ReactNode;
}

/** Asks for a name; the server's refusal stands at the field. */
export function NameDialog({ title, action, name = "", maxLength, isPending, error, onSubmit, close, children }: NameDialogProps) {
  const [text, setText] = useState(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(text.trim());
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={title} className="max-w-sm">
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" required error={error ? readRefusal(error).message : null}>
            {(control) => <Input {...control} value={text} maxLength={maxLength} autoFocus required onChange={(event) => setText(event.target.value)} />}
          </Field>
          {children}
          <Button type="submit" variant="primary" className="self-end" disabled={isPending || text.trim() === ""}>
            {action}
          </Button>
        </form>
      </DialogContent>
    </Dialog>
  );
}
