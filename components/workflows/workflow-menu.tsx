"use client";

import { Archive, ArchiveRestore, Copy, Download, FolderInput, MoreVertical, Pencil, Share2, Tags, Trash2, UserLock } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { ChooseFolderDialog } from "@/components/organizing/choose-folder-dialog";
import { TagPicker } from "@/components/organizing/tag-picker";
import { useOrganizing } from "@/components/organizing/use-organizing";
import { ShareDialog } from "@/components/sharing/share-dialog";
import { useIsLocked, useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { WorkflowSummary } from "@/server/workflows/contract";
import { AccessDialog } from "@/components/people/lazy-access-dialog";
import { RenameDialog } from "./rename-dialog";
import { useExport } from "./use-export";
import { useLifecycle } from "./use-lifecycle";

type DialogName = "rename" | "move" | "tags" | "share" | "access";

/** What can be done to a workflow as a whole. `onGone`: it has left the place where it was shown. */
export function WorkflowMenu({ workflow, onGone }: { workflow: WorkflowSummary; onGone?: () => void }) {
  const mayWrite = useMayIn(workflow.id, "workflow:write");
  const mayDelete = useMayIn(workflow.id, "workflow:delete");
  const maySeeAccess = useMayIn(workflow.id, "access:read");
  const mayGrant = useMayIn(workflow.id, "access:write");
  const isLocked = useIsLocked(workflow.id);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const organizing = useOrganizing();
  const { apply } = useLifecycle();
  const duplicate = useDuplicate(workflow);
  const exportAs = useExport();
  const isArchived = workflow.archivedAt !== null;
  const close = () => setDialog(null);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`More actions for ${workflow.name}`}>
            <MoreVertical aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          {mayWrite ? (
            <>
              <DropdownMenuItem onSelect={() => setDialog("rename")}><Pencil aria-hidden />Rename</DropdownMenuItem>
              <DropdownMenuItem onSelect={duplicate}><Copy aria-hidden />Duplicate</DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDialog("move")}><FolderInput aria-hidden />Move to folder …</DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDialog("tags")}><Tags aria-hidden />Tags …</DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDialog("share")}><Share2 aria-hidden />Share a link …</DropdownMenuItem>
            </>
          ) : null}
          {maySeeAccess ? <DropdownMenuItem onSelect={() => setDialog("access")}><UserLock aria-hidden />Access …</DropdownMenuItem> : null}
          <DropdownMenuItem onSelect={() => void exportAs([workflow.id], "yaml")}><Download aria-hidden />Export as YAML</DropdownMenuItem>
          <DropdownMenuItem onSelect={() => void exportAs([workflow.id], "json")}><Download aria-hidden />Export as JSON</DropdownMenuItem>
          {mayDelete ? (
            <>
              <DropdownMenuSeparator />
              <DropdownMenuItem onSelect={() => apply(isArchived ? "restore" : "archive", [workflow], isArchived ? undefined : onGone)}>
                {isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
                {isArchived ? "Restore" : "Archive"}
              </DropdownMenuItem>
              <DropdownMenuItem destructive onSelect={() => apply("delete", [workflow], onGone)}><Trash2 aria-hidden />Delete</DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog === "rename" ? <RenameDialog workflow={workflow} close={close} /> : null}
      {dialog === "tags" ? <TagPicker items={[workflow]} title={`Tags of ${workflow.name}`} close={close} /> : null}
      {dialog === "access" ? <AccessDialog place={{ workflowId: workflow.id }} name={workflow.name} mayWrite={mayGrant} isLocked={isLocked} close={close} /> : null}
      {dialog === "share" ? <ShareDialog workflow={workflow} close={close} /> : null}
      {dialog === "move" ? (
        <ChooseFolderDialog title={`Move ${workflow.name} to`} current={workflow.folderId} onChoose={(folder) => organizing.move([workflow.id], folder)} close={close} />
      ) : null}
    </>
  );
}

export function useDuplicate(workflow: { id: string }): () => void {
  const router = useRouter();
  const href = useHref();
  const { duplicate } = useLifecycle();
  return () =>
    duplicate(workflow, ({ id, name }) => void toast.success(`${name} is made.`, { action: { label: "Open", onClick: () => router.push(href(`/workflows/${id}`)) } }));
}
