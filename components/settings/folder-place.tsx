"use client";

import { Folder as FolderIcon } from "lucide-react";
import { folderPath, flatten, toFolderTree } from "@/components/organizing/folder-paths";
import { FolderPicker } from "@/components/organizing/folder-picker";
import { useTree } from "@/components/organizing/use-organizing";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Field } from "@/components/ui/field";

interface Placed {
  folderId: string | null;
  overrides?: string | null | undefined;
  overriddenIn: readonly string[];
}

/** The name of a folder with those above it; by itself as long as those are not known. */
export function useFolderName(): (folderId: string | null, own?: string) => string {
  const tree = useTree();
  const folders = tree.data?.folders ?? [];
  return (folderId, own = "another folder") => (folderId === null ? "the whole workspace" : folderPath(folders, folderId).map(({ name }) => name).join(" / ") || own);
}

/** Where it lies, before what it stands, and where another stands before it. */
export function FolderPlace({ item }: { item: Placed }) {
  const nameOf = useFolderName();
  const { folderId, overrides, overriddenIn } = item;
  return (
    <>
      {folderId === null ? null : (
        <span className="inline-flex max-w-full items-center gap-1 rounded border px-1.5 py-0.5 text-xs text-muted-foreground">
          <FolderIcon className="size-3 shrink-0" aria-hidden />
          <span className="truncate">{nameOf(folderId)}</span>
        </span>
      )}
      {overrides === undefined ? null : <span className="text-xs text-muted-foreground">instead of the one of {nameOf(overrides)}</span>}
      {overriddenIn.length === 0 ? null : <span className="text-xs text-muted-foreground">another in {overriddenIn.map((id) => nameOf(id)).join(", ")}</span>}
    </>
  );
}

const WORKSPACE = "workspace";

/** Where something new is to lie. Somebody with access to folders only chooses one of them. */
export function FolderChoice({ value, onChange }: { value: string | null; onChange: (folderId: string | null) => void }) {
  const tree = useTree();
  const { isWhole } = useWorkspace().current;
  const folders = flatten(toFolderTree(tree.data?.folders ?? []));
  const options = [...(isWhole ? [{ value: WORKSPACE, label: "The whole workspace" }] : []), ...folders.map(({ id }) => ({ value: id, label: folderPath(folders, id).map(({ name }) => name).join(" / ") }))];
  if (folders.length === 0) return null;
  return (
    <Field label="For" hint="Workflows of the folder and of folders in it see it; the nearest of a name counts.">
      {(control) => <FolderPicker {...control} value={value ?? (isWhole ? WORKSPACE : undefined)} options={options} onValueChange={(chosen) => onChange(chosen === WORKSPACE ? null : chosen)} />}
    </Field>
  );
}
