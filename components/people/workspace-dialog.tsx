"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { WorkspaceView } from "@/server/organizations/contract";

export function WorkspaceDialog({ workspace, close }: { workspace: Pick<WorkspaceView, "id" | "name"> | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(workspace?.name ?? "");
  const create = useMutation(trpc.organizations.createWorkspace.mutationOptions({ onSuccess: ({ slug }) => window.location.replace(`/${slug}`) }));
  const rename = useMutation(trpc.organizations.renameWorkspace.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
      close();
    },
  }));
  const error = create.error ?? rename.error;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={workspace === null ? "New workspace" : `Rename ${workspace.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={name.trim() === "" || create.isPending || rename.isPending} onClick={() => (workspace === null ? create.mutate({ name }) : rename.mutate({ workspaceId: workspace.id, name }))}>Save</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          <Field label="Name" required>{(control) => <Input {...control} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
        </div>
      </DialogContent>
    </Dialog>
  );
}
