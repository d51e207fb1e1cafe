"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { AccessDialog } from "@/components/people/lazy-access-dialog";
import { useIsLocked, useMayIn } from "@/components/shell/rights";
import type { Folder } from "@/server/organizing/contract";
import { NameDialog } from "./name-dialog";
import { useOrganizing } from "./use-organizing";

const MAX_NAME = 100;

export function NewFolderDialog({ parent, onCreated, close }: { parent: Pick<Folder, "id" | "name"> | null; onCreated?: (folder: Folder) => void; close: () => void }) {
  const trpc = useTRPC();
  const { refresh } = useOrganizing();
  const create = useMutation(
    trpc.organizing.createFolder.mutationOptions({
      onSuccess: async (folder) => {
        await refresh();
        onCreated?.(folder);
        close();
      },
    }),
  );
  return (
    <NameDialog
      title={parent === null ? "New folder" : `New folder in ${parent.name}`}
      action="Create folder"
      maxLength={MAX_NAME}
      isPending={create.isPending}
      error={create.error}
      onSubmit={(name) => create.mutate({ name, parentId: parent?.id ?? null })}
      close={close}
    />
  );
}

/** Who has access to a folder and all below it. */
export function FolderAccessDialog({ folder: { id, name }, close }: { folder: Pick<Folder, "id" | "name">; close: () => void }) {
  return <AccessDialog place={{ folderId: id }} name={name} mayWrite={useMayIn(id, "access:write")} isLocked={useIsLocked(id)} close={close} />;
}

export function RenameFolderDialog({ folder, close }: { folder: Pick<Folder, "id" | "name">; close: () => void }) {
  const trpc = useTRPC();
  const { refresh } = useOrganizing();
  const rename = useMutation(
    trpc.organizing.renameFolder.mutationOptions({
      onSuccess: async () => {
        await refresh();
        close();
      },
    }),
  );
  return (
    <NameDialog
      title={`Rename ${folder.name}`}
      action="Rename"
      name={folder.name}
      maxLength={MAX_NAME}
      isPending={rename.isPending}
      error={rename.error}
      onSubmit={(name) => rename.mutate({ folderId: folder.id, name })}
      close={close}
    />
  );
}
