"use client";

import { useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import type { FILE_FORMATS } from "@/server/transfer/contract";

export type FileFormat = (typeof FILE_FORMATS)[number];

/** Gives workflows to the browser as one file to keep. */
export function useExport(): (workflowIds: readonly string[], format: FileFormat) => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async (workflowIds, format) => {
    try {
      const file = await queryClient.fetchQuery({ ...trpc.transfer.export.queryOptions({ workflowIds: [...workflowIds], format }), staleTime: 0 });
      saveFile(file);
      toast.success(`${file.fileName} is exported.`);
    } catch (error) {
      toast.error(`Nothing was exported. ${readRefusal(error).message}`);
    }
  };
}

function saveFile({ fileName, contentType, text }: { fileName: string; contentType: string; text: string }): void {
  const address = URL.createObjectURL(new Blob([text], { type: contentType }));
  const link = Object.assign(document.createElement("a"), { href: address, download: fileName });
  link.click();
  // The download has begun with the click; what it reads must outlive this turn.
  setTimeout(() => URL.revokeObjectURL(address));
}
