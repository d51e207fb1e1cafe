"use client";

import { useState, type FormEvent, type ReactNode } from "react";
import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface TypedConfirmDialogProps {
  title: string;
  /** What has to be typed. */
  typed: string;
  action: string;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  close: () => void;
  children: ReactNode;
}

/** For what takes a lot away at once: it is named by hand. */
export function TypedConfirmDialog({ title, typed, action, isBusy, error, onConfirm, close, children }: TypedConfirmDialogProps) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm();
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={title} unsaved={false}>
        <form onSubmit={submit} className="flex flex-col gap-4 text-sm">
          <p>{children}</p>
          {error === null || error === undefined ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          <Field label={<>Type <strong className="break-all">{typed}</strong></>}>
            {(control) => <Input {...control} autoComplete="off" autoFocus value={text} onChange={(event) => setText(event.target.value)} />}
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Keep it</Button>
            <Button type="submit" variant="destructive" disabled={isBusy || text.trim() !== typed.trim()}>{action}</Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
