"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/data/trpc";
import { PageHeader } from "@/components/shell/page-header";
import { useHref } from "@/components/shell/workspace-context";
import { FolderRights } from "./folder-choice";
import { TemplateGallery } from "./template-gallery";

export function TemplatesPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const open = ({ id }: { id: string }) => {
    void queryClient.invalidateQueries({ queryKey: trpc.workflows.list.pathKey() });
    void queryClient.invalidateQueries({ queryKey: trpc.organizing.pathKey() });
    router.push(href(`/workflows/${id}`));
  };
  return (
    <>
      <PageHeader crumbs={[{ label: "Workflows", href: href("/workflows") }]} title="Templates">
        <p className="text-sm text-muted-foreground">Each is a working workflow: use it, run it with its sample input, and change it.</p>
      </PageHeader>
      <div className="px-4 py-4 pb-10 sm:px-6">
        <FolderRights><TemplateGallery onCreated={open} /></FolderRights>
      </div>
    </>
  );
}
