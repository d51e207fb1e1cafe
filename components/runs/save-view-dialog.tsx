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
import type { SavedView } from "@/server/saved-views/contract";

/** A new view, or another name for one that is there. */
export function SaveViewDialog({ view, query, close }: { view?: SavedView; query: string; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayShare = useMay("run:start");
  const [name, setName] = useState(view?.name ?? "");
  const [isShared, setShared] = useState(view?.shared ?? false);
  const done = {
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: trpc.savedViews.list.pathKey() });
      close();
    },
  };
  const create = useMutation(trpc.savedViews.create.mutationOptions(done));
  const update = useMutation(trpc.savedViews.update.mutationOptions(done));
  const { isPending, error } = view === undefined ? create : update;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (view === undefined) create.mutate({ page: "runs", name, query, shared: isShared });
    else update.mutate({ viewId: view.id, name, ...(isShared === view.shared ? {} : { shared: isShared }) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={view === undefined ? "Save this filter as a view" : `Rename the view ${view.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="save-view" type="submit" variant="primary" disabled={isPending || name.trim() === ""}>Save</Button>
          </>
        }
      >
        <form id="save-view" onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" required error={error === null ? null : readRefusal(error).message}>
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
