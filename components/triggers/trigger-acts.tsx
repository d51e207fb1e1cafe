"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { RightsProvider } from "@/components/shell/rights";
import { toast } from "@/components/ui/toast";
import type { TriggerDetail } from "@/server/triggers/contract";
import { PauseDialog } from "./pause-dialog";
import { TriggerDialog } from "./trigger-dialog";

export type TriggerAct = "edit" | "delete" | "rotate" | "pause";

export interface TriggerActsProps {
  triggerId: string;
  act: TriggerAct;
  close: () => void;
  onGone: () => void;
}

/** The dialog that the panel of a trigger has opened. It stands above the panel, which becomes another one when the window changes. */
export function TriggerActs({ triggerId, ...props }: TriggerActsProps) {
  const trpc = useTRPC();
  const trigger = useQuery(trpc.triggers.get.queryOptions({ triggerId }));
  if (trigger.data === undefined) return null;
  return (
    <RightsProvider workflowIds={[trigger.data.workflow.id]}>
      <Opened trigger={trigger.data} {...props} />
    </RightsProvider>
  );
}

function Opened({ trigger, act, close, onGone }: Omit<TriggerActsProps, "triggerId"> & { trigger: TriggerDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const triggerId = trigger.id;
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
  const rotate = useMutation(
    trpc.triggers.rotateToken.mutationOptions({
      onSuccess: async () => {
        close();
        await refresh();
      },
    }),
  );
  const remove = useMutation(
    trpc.triggers.delete.mutationOptions({
      onSuccess: async ({ left }) => {
        if (left !== null) toast.warning(`Deleted, but something is left at the other side: ${left}`);
        onGone();
        await refresh();
      },
    }),
  );
  switch (act) {
    case "edit":
      return <TriggerDialog trigger={trigger} close={close} />;
    case "pause":
      return <PauseDialog trigger={trigger} close={close} />;
    case "rotate":
      return (
        <ConfirmDialog title="Replace the address?" action="Replace it" isBusy={rotate.isPending} error={rotate.error} onConfirm={() => rotate.mutate({ triggerId })} close={close}>
          The present address stops working at once. Whoever sends events needs the new one.
        </ConfirmDialog>
      );
    case "delete":
      return (
        <ConfirmDialog title={`Delete ${trigger.name}?`} action="Delete it" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ triggerId })} close={close}>
          Its events go with it. Runs stay.
        </ConfirmDialog>
      );
  }
}
