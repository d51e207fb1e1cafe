"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";

/** Whether what triggers receive is stored encrypted. */
export function SealSetting() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const id = useId();
  const settings = useQuery(trpc.triggers.settings.queryOptions());
  const save = useMutation(
    trpc.triggers.setSettings.mutationOptions({
      onSuccess: async ({ sealEvents }) => {
        await queryClient.invalidateQueries({ queryKey: trpc.triggers.settings.queryKey() });
        void toast(sealEvents ? "New events are stored encrypted." : "New events are stored as they come.");
      },
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  if (!settings.isSuccess) return null;
  return (
    <div className="mx-4 my-4 flex items-start gap-3 rounded-lg border p-3 sm:mx-6">
      <Switch id={id} checked={settings.data.sealEvents} disabled={!mayWrite || save.isPending} onCheckedChange={(sealEvents) => save.mutate({ sealEvents })} aria-describedby={`${id}-hint`} />
      <div className="flex flex-col gap-0.5">
        <Label htmlFor={id}>Encrypt events at rest</Label>
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">Headers and bodies of new events are sealed with the workspace’s key. Files among them (binary bodies, files of forms, attachments) are not, and events that are there already stay as they are.</p>
      </div>
    </div>
  );
}
