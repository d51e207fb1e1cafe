"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { MAX_AUDIT_DAYS, MIN_AUDIT_DAYS } from "@/server/audit-streams/constants";
import type { AuditKeeping } from "@/server/audit-streams/contract";

export function KeepDays({ of, keeping: { keepDays, removed, stream } }: { of: "organization" | "installation"; keeping: AuditKeeping }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const api = of === "organization" ? trpc.auditStreams : trpc.platformAudit;
  const [text, setText] = useState(keepDays === null ? "" : String(keepDays));
  const days = text.trim() === "" ? null : Number(text);
  const objection = days === null || (Number.isInteger(days) && days >= MIN_AUDIT_DAYS && days <= MAX_AUDIT_DAYS) ? null : `A whole number of days, at least ${MIN_AUDIT_DAYS}.`;
  const save = useMutation(api.setRetention.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: api.pathKey() });
      toast("Saved.", { action: { label: "Undo", onClick: () => save.mutate({ keepDays }) } });
    },
  }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (objection === null) save.mutate({ keepDays: days });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col items-start gap-4 p-4">
      {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
      <Field label="Days that entries stay" hint={`Empty: for ever. At least ${MIN_AUDIT_DAYS}.`} error={objection}>
        {(control) => <Input {...control} inputMode="numeric" className="w-40" placeholder="for ever" value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <p className="text-xs text-muted-foreground">
        {removed === 0 ? "Nothing has been removed so far." : `${removed.toLocaleString()} entries have been removed so far; each removal is an entry itself.`}
        {stream === null ? "" : " What the stream has not delivered stays, also while it is paused."}
      </p>
      <Button type="submit" variant="primary" disabled={save.isPending || objection !== null || days === keepDays}>Save</Button>
    </form>
  );
}
