"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useMayEverywhere } from "@/components/shell/workspace-context";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BlankWorkflowForm } from "./blank-workflow-form";
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

/** Three ways to begin: a template, nothing, a file. Whoever has access to folders only begins with nothing, in one of them. */
export function NewWorkflowDialog({ beginning, close, folderId = null }: NewWorkflowDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const imported = useImported();
  const move = useMutation(trpc.organizing.moveItems.mutationOptions());
  const mayEverywhere = useMayEverywhere("workflow:write");
  const openWorkflow = async ({ id }: { id: string }, isPlaced = false) => {
    // Made in the folder that the list shows.
    if (folderId !== null && !isPlaced) await move.mutateAsync({ itemIds: [id], folderId }).catch(() => undefined);
    void queryClient.invalidateQueries({ queryKey: trpc.workflows.list.pathKey() });
    void queryClient.invalidateQueries({ queryKey: trpc.organizing.pathKey() });
    close();
    router.push(href(`/workflows/${id}`));
  };
  return (
    <Dialog open={beginning !== null} onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title="New workflow" className="max-w-4xl">
        <Tabs defaultValue={mayEverywhere ? beginning?.tab : "blank"}>
          {mayEverywhere ? (
            <TabsList>
              <TabsTrigger value="template">From a template</TabsTrigger>
              <TabsTrigger value="blank">Blank</TabsTrigger>
              <TabsTrigger value="import">Import</TabsTrigger>
            </TabsList>
          ) : null}
          <TabsContent value="template" className="pt-4">
            <TemplateGallery onCreated={(workflow) => void openWorkflow(workflow)} />
          </TabsContent>
          <TabsContent value="blank" className="pt-4">
            <BlankWorkflowForm folderId={folderId} onCreated={(workflow, isPlaced) => void openWorkflow(workflow, isPlaced)} />
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
      </DialogContent>
    </Dialog>
  );
}
