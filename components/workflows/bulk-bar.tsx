"use client";

import { Archive, ArchiveRestore, Download, FolderInput, Tags, Trash2, Undo2, X } from "lucide-react";
import { useState } from "react";
import { ChooseFolderDialog } from "@/components/organizing/choose-folder-dialog";
import { TagPicker } from "@/components/organizing/tag-picker";
import { useOrganizing } from "@/components/organizing/use-organizing";
import { ChosenCount } from "@/components/shell/chosen-count";
import { useAllMay, useRightIn, useRightsAsked } from "@/components/shell/rights";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { ListedWorkflow } from "@/server/workflows/contract";
import type { ListFilter } from "./list-filter";
import { useExport } from "./use-export";
import { useLifecycle } from "./use-lifecycle";

export interface BulkBarProps {
  chosen: readonly ListedWorkflow[];
  /** Those of them that the list does not show. */
  hidden: readonly ListedWorkflow[];
  shown: readonly ListedWorkflow[];
  shelf: ListFilter["shelf"];
  dropHidden: () => void;
  clear: () => void;
  choose: (workflows: readonly ListedWorkflow[]) => void;
}

/** What can be done to all chosen workflows together, shown or not. */
export function BulkBar({ chosen, hidden, shown, shelf, dropHidden, clear, choose }: BulkBarProps) {
  const mayDelete = useAllMay(chosen.map(({ id }) => id), "workflow:delete");
  const mayWrite = useRightIn("workflow:write");
  const { isAsking } = useRightsAsked();
  const organizing = useOrganizing();
  const { apply } = useLifecycle();
  const exportAs = useExport();
  const [dialog, setDialog] = useState<"move" | "tags" | null>(null);
  const ids = chosen.map(({ id }) => id);
  const isDeleted = shelf === "deleted";
  return (
    <div role="toolbar" aria-label="Chosen workflows" className="sticky top-2 z-20 flex flex-wrap items-center gap-2 rounded-lg border bg-popover px-3 py-2 shadow-md">
      <ChosenCount count={chosen.length} hidden={hidden} dropHidden={dropHidden} line={({ name }) => name} />
      <Button variant="link" size="sm" onClick={() => choose(shown.filter(({ id }) => mayWrite(id)))}>Choose all shown</Button>
      <span className="flex-1" />
      {isDeleted ? null : (
        <>
          <Button size="sm" onClick={() => setDialog("move")}><FolderInput aria-hidden />Move</Button>
          <Button size="sm" onClick={() => setDialog("tags")}><Tags aria-hidden />Tags</Button>
          <DropdownMenu>
            <DropdownMenuTrigger asChild><Button size="sm"><Download aria-hidden />Export</Button></DropdownMenuTrigger>
            <DropdownMenuContent>
              <DropdownMenuItem onSelect={() => void exportAs(ids, "yaml")}>One YAML file</DropdownMenuItem>
              <DropdownMenuItem onSelect={() => void exportAs(ids, "json")}>One JSON file</DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </>
      )}
      {!mayDelete && isAsking ? null : !mayDelete ? <span className="text-xs text-muted-foreground">You may not archive or delete {chosen.length === 1 ? "it" : "all of them"}.</span> : isDeleted ? (
        <Button size="sm" onClick={() => apply("undelete", chosen, clear)}><Undo2 aria-hidden />Take back</Button>
      ) : (
        <>
          {shelf === "archived" ? (
            <Button size="sm" onClick={() => apply("restore", chosen, clear)}><ArchiveRestore aria-hidden />Restore</Button>
          ) : (
            <Button size="sm" onClick={() => apply("archive", chosen, clear)}><Archive aria-hidden />Archive</Button>
          )}
          <Button size="sm" className="text-destructive" onClick={() => apply("delete", chosen, clear)}><Trash2 aria-hidden />Delete</Button>
        </>
      )}
      <Button variant="ghost" size="icon-sm" aria-label="Choose none" onClick={clear}><X aria-hidden /></Button>
      {dialog === "tags" ? <TagPicker items={chosen} title={`Tags of ${chosen.length} workflows`} close={() => setDialog(null)} /> : null}
      {dialog === "move" ? <ChooseFolderDialog title={`Move ${chosen.length} workflows to`} current={undefined} onChoose={(folder) => organizing.move(ids, folder)} close={() => setDialog(null)} /> : null}
    </div>
  );
}
