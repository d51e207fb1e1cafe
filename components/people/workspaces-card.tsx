"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, LayoutGrid, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { TypedConfirmDialog } from "@/components/settings/typed-confirm-dialog";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { WORKSPACE_ACTIONS, WorkspaceView } from "@/server/organizations/contract";
import { WorkspaceDialog } from "./workspace-dialog";

type Action = (typeof WORKSPACE_ACTIONS)[number];
const DONE: Readonly<Record<Action, string>> = { archive: "is archived", unarchive: "is in use again", delete: "is deleted", restore: "is restored" };
const UNDO: Readonly<Record<Action, Action>> = { archive: "unarchive", unarchive: "archive", delete: "restore", restore: "delete" };

export function WorkspacesCard() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { current } = useWorkspace();
  const workspaces = useQuery(trpc.organizations.workspaces.queryOptions());
  const [open, setOpen] = useState<{ workspace: WorkspaceView | null } | null>(null);
  const [deleting, setDeleting] = useState<WorkspaceView | null>(null);
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
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
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
                    <Button variant="ghost" size="icon" aria-label={`Delete ${workspace.name}`} disabled={workspace.id === current.id} title={workspace.id === current.id ? "Go to another workspace first" : undefined} onClick={() => setDeleting(workspace)}><Trash2 aria-hidden /></Button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {deleting === null ? null : (
        <TypedConfirmDialog title={`Delete ${deleting.name}?`} typed={deleting.name} action="Delete workspace" isBusy={change.isPending} error={change.error} close={() => setDeleting(null)} onConfirm={() => (run(deleting, "delete"), setDeleting(null))}>
          Nobody can open it any more, and nothing in it runs. It can be restored for a while; then it is gone for good with all that is in it.
        </TypedConfirmDialog>
      )}
      {open === null ? null : <WorkspaceDialog workspace={open.workspace} close={() => setOpen(null)} />}
    </>
  );
}
