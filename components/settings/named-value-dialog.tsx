"use client";

import { useState, type FormEvent, type ReactNode } from "react";
import type { z } from "zod";
import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface Named {
  name: string;
  description: string;
}

/** Asks for a name (of something new only), a value in the words of the caller, and a description. */
export function NamedValueDialog({ what, existing, nameSchema, saving, canSave = true, save, close, children }: {
  what: "secret" | "variable";
  existing: { name: string; description: string | null } | null;
  nameSchema: z.ZodType<string>;
  saving: { isPending: boolean; error: unknown };
  canSave?: boolean;
  save: (named: Named) => void;
  close: () => void;
  children: ReactNode;
}) {
  const [name, setName] = useState(existing?.name ?? "");
  const [description, setDescription] = useState(existing?.description ?? "");
  const naming = name === "" ? null : (nameSchema.safeParse(name).error?.issues[0]?.message ?? null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save({ name, description });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={existing === null ? `New ${what}` : `Change ${existing.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form={what} type="submit" variant="primary" disabled={saving.isPending || naming !== null || name === "" || !canSave}>
              Save
            </Button>
          </>
        }
      >
        <form id={what} onSubmit={submit} className="flex flex-col gap-4" autoComplete="off">
          {saving.error === null ? null : <Alert tone="danger" title={readRefusal(saving.error).message} />}
          {existing === null ? (
            <Field label="Name" required error={naming}>
              {(control) => <Input {...control} value={name} required className="font-mono" onChange={(event) => setName(event.target.value)} />}
            </Field>
          ) : null}
          {children}
          <Field label="Description">
            {(control) => <Input {...control} value={description} maxLength={1_000} onChange={(event) => setDescription(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
