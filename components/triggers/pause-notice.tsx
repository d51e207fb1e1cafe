"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { TriggerDetail } from "@/server/triggers/contract";
import { pauseOptions } from "./kind-choices";
import { PausedUntil } from "./paused-until";

/** That a trigger is paused, until when, and the way to go on at once. */
export function PauseNotice({ trigger, mayOperate, onChange }: { trigger: TriggerDetail; mayOperate: boolean; onChange: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const resume = useMutation(trpc.triggers.resume.mutationOptions({ onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() }), onError: (error) => void toast.error(readRefusal(error).message) }));
  const { pause } = trigger;
  if (pause === null) return null;
  return (
    <Alert
      tone="warning"
      title={<PausedUntil until={pause.until} />}
      actions={
        mayOperate ? (
          <>
            <Button size="sm" disabled={resume.isPending} onClick={() => resume.mutate({ triggerId: trigger.id })}>Resume now</Button>
            <Button size="sm" onClick={onChange}>Change the pause</Button>
          </>
        ) : undefined
      }
    >
      {pauseOptions(trigger.kind).find(({ value }) => value === pause.policy)?.label}
    </Alert>
  );
}
