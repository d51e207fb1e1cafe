"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderLock, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import type { MembersView } from "@/server/access/contract";
import { ROLES } from "@/server/auth/permissions";
import { type RoleHolder, WhoSelect } from "./roles-dialog";

/** Who has access to one folder besides what their roles in the workspace say. */
export function FolderAccess({ customRoles }: { customRoles: MembersView["customRoles"] }) {
  const trpc = useTRPC();
  const id = useId();
  const mayWrite = useMay("access:write");
  const queryClient = useQueryClient();
  const tree = useQuery(trpc.organizing.tree.queryOptions());
  const [folderId, setFolderId] = useState<string | null>(null);
  const grants = useQuery({ ...trpc.access.grants.queryOptions({ place: { folderId: folderId ?? "" } }), enabled: folderId !== null });
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.access.grants.pathKey() });
  const revoke = useMutation(trpc.access.revoke.mutationOptions({ onSuccess: refresh, onError: (error) => void toast.error(readRefusal(error).message) }));
  const folders = tree.data?.folders ?? [];
  if (folders.length === 0) return null;
  return (
    <SettingsList
      title="Access to folders"
      description="A role in a folder holds for everything in it. Whoever has no other role sees that folder and nothing else."
      actions={
        <div className="flex min-w-48 flex-col gap-1">
          <Label htmlFor={id} className="sr-only">Folder</Label>
          <Select id={id} value={folderId ?? undefined} placeholder="Choose a folder" options={folders.map((folder) => ({ value: folder.id, label: folder.name }))} onValueChange={setFolderId} />
        </div>
      }
      query={folderId === null ? { data: [], isPending: false, isError: false, error: null, refetch: () => {} } : { ...grants, data: grants.data ?? (grants.isPending ? undefined : []) }}
      empty={{
        icon: FolderLock,
        title: folderId === null ? "Choose a folder" : "Nobody in particular",
        text: folderId !== null && mayWrite ? <GrantForm key={folderId} folderId={folderId} customRoles={customRoles} done={refresh} /> : "Members of the workspace have access by their roles.",
      }}
    >
      {(items) => (
        <>
          <ul className="divide-y">
            {items.map((grant) => (
              <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <span className="min-w-0 flex-1 font-medium break-words">{grant.who.name}{grant.who.kind === "group" ? " (group)" : ""}</span>
                <Badge>{grant.label}</Badge>
                {grant.from !== null ? <span className="text-xs text-muted-foreground">from {grant.from.name}</span> : mayWrite ? (
                  <Button variant="ghost" size="icon" aria-label={`Take ${grant.label} from ${grant.who.name}`} onClick={() => revoke.mutate({ grantId: grant.id })}><Trash2 aria-hidden /></Button>
                ) : null}
              </li>
            ))}
          </ul>
          {mayWrite && folderId !== null ? <div className="border-t p-4"><GrantForm key={folderId} folderId={folderId} customRoles={customRoles} done={refresh} /></div> : null}
        </>
      )}
    </SettingsList>
  );
}

function GrantForm({ folderId, customRoles, done }: { folderId: string; customRoles: MembersView["customRoles"]; done: () => unknown }) {
  const trpc = useTRPC();
  const id = useId();
  const [who, setWho] = useState<Pick<RoleHolder, "kind" | "id"> | null>(null);
  const [role, setRole] = useState<string>("viewer");
  const grant = useMutation(trpc.access.grant.mutationOptions({ onSuccess: done, onError: (error) => void toast.error(readRefusal(error).message) }));
  const options = [...ROLES.map((one) => ({ value: one as string, label: one as string })), ...customRoles.map((one) => ({ value: one.id, label: one.name }))];
  return (
    <div className="grid items-end gap-3 text-left sm:grid-cols-[1fr_10rem_auto]">
      <WhoSelect value={who} onChange={setWho} />
      <div className="flex flex-col gap-1.5">
        <Label htmlFor={id}>Role</Label>
        <Select id={id} value={role} onValueChange={setRole} options={options} />
      </div>
      <Button variant="primary" disabled={who === null || grant.isPending} onClick={() => who !== null && grant.mutate({ place: { folderId }, who: who.kind === "person" ? { userId: who.id } : { groupId: who.id }, role: role as "viewer" })}>
        Give access
      </Button>
    </div>
  );
}
