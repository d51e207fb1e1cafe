"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { RenameForm } from "@/components/organizing/rename-form";
import type { ModuleView } from "@/server/modules/contract";

export function RenameBlockDialog({ block, close }: { block: Pick<ModuleView, "slug" | "name" | "description">; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(
    trpc.modules.rename.mutationOptions({
      onSuccess: async () => {
        await Promise.all([queryClient.invalidateQueries({ queryKey: trpc.modules.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() })]);
        close();
      },
    }),
  );
  return (
    <RenameForm
      title="Rename block"
      hint={`Workflows go on calling it ${block.slug}.`}
      current={block}
      maxDescription={2_000}
      error={rename.error}
      isBusy={rename.isPending}
      onSave={(next) => rename.mutate({ module: block.slug, ...next })}
      close={close}
    />
  );
}
