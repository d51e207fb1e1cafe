"use client";

import { useState, type ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { FolderPicker } from "@/components/organizing/folder-picker";
import { folderPath } from "@/components/organizing/folder-paths";
import { useTree } from "@/components/organizing/use-organizing";
import { RightsProvider, useRightIn, useRightsAsked } from "@/components/shell/rights";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Field } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";

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
  const tree = useTree();
  const folders = tree.data?.folders ?? [];
  const own = folders.filter(({ id }) => mayIn(id));
  const [chosen, setChosen] = useState<string | null>(null);
  const { isPending, error, retry } = useRightsAsked();
  if (mayAtTop) return { folderId: shown, isChosen: true, field: null };
  const none = (field: ReactNode) => ({ folderId: null, isChosen: false, field });
  if (tree.isError) return none(<ErrorState error={tree.error} retry={() => void tree.refetch()} what="the folders" />);
  if (error !== null) return none(<ErrorState error={error} retry={retry} what="what you may do in the folders" />);
  if (tree.isPending || isPending) return none(<div role="status" aria-label="Loading the folders"><SkeletonRows count={1} /></div>);
  if (own.length === 0) return none(<Alert tone="warning" title="There is no folder in which you may make workflows." />);
  const folderId = [chosen, shown, own.length === 1 ? own[0]!.id : null].find((id) => own.some((folder) => folder.id === id)) ?? null;
  const options = own.map(({ id }) => ({ value: id, label: folderPath(folders, id).map(({ name }) => name).join(" / ") }));
  const field = (
    <Field label="Folder" required hint="You may make workflows in some folders only.">
      {(control) => <FolderPicker {...control} value={folderId ?? undefined} onValueChange={setChosen} options={options} />}
    </Field>
  );
  return { folderId, isChosen: folderId !== null, field };
}
