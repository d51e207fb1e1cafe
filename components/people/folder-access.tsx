"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderLock } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { FolderPicker } from "@/components/organizing/folder-picker";
import { folderChoices } from "@/components/programs/folder-choices";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Field } from "@/components/ui/field";
import { GrantForm, type Grantee } from "./grant-form";
import { GrantList } from "./grant-list";

/** Who has access to one folder besides what their roles in the workspace say. */
export function FolderAccess() {
  const trpc = useTRPC();
  const mayWrite = useMay("access:write");
  const queryClient = useQueryClient();
  const tree = useQuery(trpc.organizing.tree.queryOptions());
  const [folderId, setFolderId] = useState<string | null>(null);
  const [who, setWho] = useState<Grantee>(null);
  const openFolder = (next: string) => {
    setFolderId(next);
    setWho(null);
  };
  const grants = useQuery({ ...trpc.access.grants.queryOptions({ place: { folderId: folderId ?? "" } }), enabled: folderId !== null });
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.access.grants.pathKey() });
  const folders = tree.data?.folders ?? [];
  if (folders.length === 0) return null;
  return (
    <SettingsList
      title="Access to folders"
      description="A role in a folder holds for everything in it. Whoever has no other role sees that folder and nothing else."
      actions={
        <Field label={<span className="sr-only">Folder</span>} className="w-64 max-w-full">
          {(control) => <FolderPicker {...control} value={folderId ?? undefined} options={folderChoices(folders)} onValueChange={openFolder} />}
        </Field>
      }
      query={folderId === null ? { data: [], isPending: false, isError: false, error: null, refetch: () => {} } : { ...grants, data: grants.data ?? (grants.isPending ? undefined : []) }}
      empty={{
        icon: FolderLock,
        title: folderId === null ? "Choose a folder" : "Nobody in particular",
        text: folderId !== null && mayWrite ? <GrantForm key={folderId} place={{ folderId }} who={who} setWho={setWho} done={refresh} /> : "Members of the workspace have access by their roles.",
      }}
    >
      {(items) => (
        <>
          {folderId === null ? null : <GrantList place={{ folderId }} grants={items} mayWrite={mayWrite} done={refresh} />}
          {mayWrite && folderId !== null ? <div className="border-t p-4"><GrantForm key={folderId} place={{ folderId }} who={who} setWho={setWho} done={refresh} /></div> : null}
        </>
      )}
    </SettingsList>
  );
}
