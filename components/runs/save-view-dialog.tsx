"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

export function SaveViewDialog({ query, close }: { query: string; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayShare = useMay("run:start");
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const create = useMutation(
    trpc.savedViews.create.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.savedViews.list.pathKey() });
        close();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ page: "runs", name, query, shared: isShared });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Save this filter as a view"
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="save-view" type="submit" variant="primary" disabled={create.isPending || name.trim() === ""}>Save</Button>
          </>
        }
      >
        <form id="save-view" onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" required error={create.isError ? readRefusal(create.error).message : null}>
            {(control) => <Input {...control} value={name} maxLength={100} autoFocus onChange={(event) => setName(event.target.value)} />}
          </Field>
          {mayShare ? (
            <label className="flex items-center gap-2 text-sm">
              <Checkbox checked={isShared} onCheckedChange={(checked) => setShared(checked === true)} />
              Show it to everybody in the workspace
            </label>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  );
}
