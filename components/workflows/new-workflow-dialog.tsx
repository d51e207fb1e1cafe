"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { cn } from "@/components/ui/class-names";
import { Dialog, DialogContent, STAYS_HIGH } from "@/components/ui/dialog";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BlankWorkflowForm } from "./blank-workflow-form";
import { FolderRights } from "./folder-choice";
import { ImportForm } from "./import-form";
import { TemplateGallery } from "./template-gallery";
import { useImported } from "./use-imported";

/** Which way to begin is shown first, and what is there to import. */
export interface Beginning {
  tab: "template" | "blank" | "import";
  text?: string;
}

export interface NewWorkflowDialogProps {
  /** Null: closed. */
  beginning: Beginning | null;
  close: () => void;
  folderId?: string | null;
}

/** Three ways to begin: a template, nothing, a file. Whoever has access to folders only chooses one of them. */
export function NewWorkflowDialog({ beginning, close, folderId = null }: NewWorkflowDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const imported = useImported();
  const openWorkflow = ({ id }: { id: string }) => {
    void queryClient.invalidateQueries({ queryKey: trpc.workflows.list.pathKey() });
    void queryClient.invalidateQueries({ queryKey: trpc.organizing.pathKey() });
    close();
    router.push(href(`/workflows/${id}`));
  };
  return (
    <Dialog open={beginning !== null} onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title="New workflow" className={cn("max-w-4xl", STAYS_HIGH)}>
        <FolderRights>
          <Tabs defaultValue={beginning?.tab}>
            <TabsList>
              <TabsTrigger value="template">From a template</TabsTrigger>
              <TabsTrigger value="blank">Blank</TabsTrigger>
              <TabsTrigger value="import">Import</TabsTrigger>
            </TabsList>
            <TabsContent value="template" className="pt-4">
              <TemplateGallery folderId={folderId} onCreated={openWorkflow} />
            </TabsContent>
            <TabsContent value="blank" className="pt-4">
              <BlankWorkflowForm folderId={folderId} onCreated={openWorkflow} />
            </TabsContent>
            <TabsContent value="import" className="pt-4">
              <ImportForm
                initial={beginning?.text}
                folderId={folderId}
                onImported={(result) => {
                  close();
                  imported(result);
                }}
              />
            </TabsContent>
          </Tabs>
        </FolderRights>
      </DialogContent>
    </Dialog>
  );
}
