"use client";

import { useState, type ReactNode } from "react";
import { folderPath } from "@/components/organizing/folder-paths";
import { useTree } from "@/components/organizing/use-organizing";
import { RightsProvider, useRightIn } from "@/components/shell/rights";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

export interface FolderChoice {
  /** Null: at the top. */
  folderId: string | null;
  /** There is a place for what is made. */
  isChosen: boolean;
  /** The field, for whoever has to choose one. */
  field: ReactNode;
}

/** Asks which folders the person may write to, for `useFolderChoice` below it. */
export function FolderRights({ children }: { children: ReactNode }) {
  const folders = useTree().data?.folders ?? [];
  return <RightsProvider folderIds={folders.map(({ id }) => id)}>{children}</RightsProvider>;
}

/** Where something is made. `shown`: the folder that a list shows. Whoever may not make things at the top chooses among the folders where they may. */
export function useFolderChoice(shown: string | null): FolderChoice {
  const mayAtTop = useMayEverywhere("workflow:write");
  const mayIn = useRightIn("workflow:write");
  const folders = useTree().data?.folders ?? [];
  const own = folders.filter(({ id }) => mayIn(id));
  const [chosen, setChosen] = useState<string | null>(null);
  if (mayAtTop) return { folderId: shown, isChosen: true, field: null };
  const folderId = [chosen, shown, own.length === 1 ? own[0]!.id : null].find((id) => own.some((folder) => folder.id === id)) ?? null;
  const options = own.map(({ id }) => ({ value: id, label: folderPath(folders, id).map(({ name }) => name).join(" / ") }));
  const field = (
    <Field label="Folder" required hint="You may make workflows in some folders only.">
      {(control) => <Select {...control} value={folderId ?? undefined} placeholder="Choose a folder" onValueChange={setChosen} options={options} />}
    </Field>
  );
  return { folderId, isChosen: folderId !== null, field };
}
