"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, LayoutGrid, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import type { WORKSPACE_ACTIONS, WorkspaceView } from "@/server/organizations/contract";

type Action = (typeof WORKSPACE_ACTIONS)[number];
const DONE: Readonly<Record<Action, string>> = { archive: "is archived", unarchive: "is in use again", delete: "is deleted", restore: "is restored" };
const UNDO: Readonly<Record<Action, Action>> = { archive: "unarchive", unarchive: "archive", delete: "restore", restore: "delete" };

export function WorkspacesCard() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { current } = useWorkspace();
  const workspaces = useQuery(trpc.organizations.workspaces.queryOptions());
  const [open, setOpen] = useState<{ workspace: WorkspaceView | null } | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
  const change = useMutation(trpc.organizations.changeWorkspace.mutationOptions({ onSuccess: refresh, onError: (error) => void toast.error(readRefusal(error).message) }));
  const run = ({ id, name }: WorkspaceView, action: Action) =>
    change.mutate({ workspaceId: id, action }, { onSuccess: () => void toast(`${name} ${DONE[action]}.`, { action: { label: "Undo", onClick: () => change.mutate({ workspaceId: id, action: UNDO[action] }) } }) });
  return (
    <>
      <SettingsList
        title="Workspaces"
        description="An archived workspace can be looked at, and nothing in it changes or starts. A deleted one can be restored until it is gone for good."
        actions={<Button onClick={() => setOpen({ workspace: null })}><Plus aria-hidden />New workspace</Button>}
        query={workspaces}
        empty={{ icon: LayoutGrid, title: "No workspaces", text: "" }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((workspace) => (
              <li key={workspace.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 flex-col gap-1">
                  {workspace.deletedAt === null ? <a href={`/${workspace.slug}`} className="font-medium break-words underline-offset-4 hover:underline">{workspace.name}</a> : <span className="font-medium break-words">{workspace.name}</span>}
                  <span className="text-xs text-muted-foreground">/{workspace.slug}{workspace.purgeAt === null ? "" : <>, gone for good <Moment at={workspace.purgeAt} /></>}</span>
                </div>
                {workspace.deletedAt !== null ? <Badge tone="danger">deleted</Badge> : workspace.archivedAt !== null ? <Badge tone="warning">archived</Badge> : null}
                {workspace.deletedAt !== null ? <Button size="sm" onClick={() => run(workspace, "restore")}>Restore</Button> : (
                  <div className="flex">
                    <Button variant="ghost" size="icon" aria-label={`Rename ${workspace.name}`} onClick={() => setOpen({ workspace })}><Pencil aria-hidden /></Button>
                    {workspace.archivedAt === null
                      ? <Button variant="ghost" size="icon" aria-label={`Archive ${workspace.name}`} onClick={() => run(workspace, "archive")}><Archive aria-hidden /></Button>
                      : <Button variant="ghost" size="icon" aria-label={`Take ${workspace.name} out of the archive`} onClick={() => run(workspace, "unarchive")}><ArchiveRestore aria-hidden /></Button>}
                    <Button variant="ghost" size="icon" aria-label={`Delete ${workspace.name}`} disabled={workspace.id === current.id} title={workspace.id === current.id ? "Go to another workspace first" : undefined} onClick={() => run(workspace, "delete")}><Trash2 aria-hidden /></Button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {open === null ? null : <WorkspaceDialog workspace={open.workspace} close={() => setOpen(null)} />}
    </>
  );
}

function WorkspaceDialog({ workspace, close }: { workspace: WorkspaceView | null; close: () => void }) {
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
