"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Checkbox } from "@/components/ui/checkbox";
import type { EnvironmentView } from "@/server/environments/contract";

/** Triggers and values that name it have to go first; what is deployed in it can be taken out with it. */
export function RemoveEnvironmentDialog({ environment: { id, name, isLive }, close }: { environment: EnvironmentView; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [withdraw, setWithdraw] = useState(false);
  const remove = useMutation(
    trpc.environments.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.environments.pathKey() });
        await queryClient.invalidateQueries({ queryKey: trpc.deployments.pathKey() });
        close();
      },
    }),
  );
  return (
    <ConfirmDialog
      title={`Remove ${name}?`}
      action="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ environmentId: id, withdraw })}
      close={close}
      details={isLive ? null : (
        <div className="flex items-center gap-2">
          <Checkbox id="withdraw" checked={withdraw} onCheckedChange={(on) => setWithdraw(on === true)} />
          <label htmlFor="withdraw" className="text-sm">Take out what is deployed in it</label>
        </div>
      )}
    >
      {isLive ? "What is live stays published. Without environments, publishing is live at once again." : "Its runs stay. Triggers and values that are bound to it have to be changed first."}
    </ConfirmDialog>
  );
}
