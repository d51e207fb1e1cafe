"use client";

import { Check, Folder as FolderIcon, FolderMinus, FolderPlus } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { RightsProvider, useMayIn } from "@/components/shell/rights";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { flatten, type FolderNode, toFolderTree } from "./folder-paths";
import { NewFolderDialog } from "./folder-dialogs";
import { useTree } from "./use-organizing";

export interface ChooseFolderDialogProps {
  title: string;
  current: string | null | undefined;
  /** Where it cannot go. */
  excluded?: ReadonlySet<string>;
  onChoose: (folder: { id: string | null; name: string }) => void;
  close: () => void;
}

/** Where to move something, without dragging. */
export function ChooseFolderDialog({ title, current, excluded, onChoose, close }: ChooseFolderDialogProps) {
  const tree = useTree();
  const [isCreating, setCreating] = useState(false);
  const mayAtTop = useMayEverywhere("workflow:write");
  const choose = ({ id, name }: { id: string | null; name: string }) => {
    onChoose({ id, name });
    close();
  };
  if (isCreating) return <NewFolderDialog parent={null} onCreated={choose} close={() => setCreating(false)} />;
  const folders = flatten(toFolderTree(tree.data?.folders ?? [])).filter(({ id }) => excluded?.has(id) !== true);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={title}
        className="max-w-sm"
        footer={mayAtTop ? (
          <Button onClick={() => setCreating(true)}>
            <FolderPlus aria-hidden />
            New folder
          </Button>
        ) : null}
      >
        {tree.isPending ? <SkeletonRows count={3} /> : tree.isError ? <ErrorState error={tree.error} retry={() => void tree.refetch()} what="the folders" /> : null}
        {/* Without the folders nothing is offered: "no folder" would move it out of the one that it is in. */}
        {!tree.isSuccess ? null : <RightsProvider folderIds={folders.map(({ id }) => id)} meanwhile={<SkeletonRows count={3} />}>
          <ul className="flex flex-col">
            {mayAtTop ? <Choice label="No folder" icon={FolderMinus} depth={0} isCurrent={current === null} onClick={() => choose({ id: null, name: "the top" })} /> : null}
            {folders.map((folder) => (
              <FolderChoice key={folder.id} folder={folder} isCurrent={folder.id === current} onClick={() => choose(folder)} />
            ))}
          </ul>
        </RightsProvider>}
      </DialogContent>
    </Dialog>
  );
}

/** Folders where nothing may be put are shown, so that those in them have their place. */
function FolderChoice({ folder: { id, name, depth }, isCurrent, onClick }: { folder: FolderNode; isCurrent: boolean; onClick: () => void }) {
  const mayPut = useMayIn(id, "workflow:write");
  return <Choice label={mayPut ? name : `${name} (you may put nothing there)`} icon={FolderIcon} depth={depth} isCurrent={isCurrent} isClosed={!mayPut} onClick={onClick} />;
}

function Choice({ label, icon: Icon, depth, isCurrent, isClosed = false, onClick }: { label: string; icon: typeof FolderIcon; depth: number; isCurrent: boolean; isClosed?: boolean; onClick: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onClick}
        disabled={isCurrent || isClosed}
        style={{ paddingLeft: `${0.5 + depth * 1.25}rem` }}
        className={cn("flex w-full items-center gap-2 rounded-md py-2 pr-2 text-left text-sm hover:bg-accent", (isCurrent || isClosed) && "text-muted-foreground hover:bg-transparent")}
      >
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{label}</span>
        {isCurrent ? <><Check className="size-4" aria-hidden /><span className="sr-only">(it is here)</span></> : null}
      </button>
    </li>
  );
}
