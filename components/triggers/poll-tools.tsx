"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Radar, RotateCcw } from "lucide-react";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";

/** For triggers that look for items: now instead of later, or from the start again. */
export function PollTools({ triggerId }: { triggerId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const onSuccess = async () => {
    setAsking(false);
    await queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
  };
  const look = useMutation(trpc.triggers.pollNow.mutationOptions({ onSuccess, onError: (error) => void toast.error(readRefusal(error).message) }));
  const startOver = useMutation(trpc.triggers.pollNow.mutationOptions({ onSuccess }));
  return (
    <>
      <Button size="sm" disabled={look.isPending} onClick={() => look.mutate({ triggerId })}>
        <Radar aria-hidden />
        Look now
      </Button>
      <Button size="sm" onClick={() => setAsking(true)}>
        <RotateCcw aria-hidden />
        Start over
      </Button>
      {isAsking ? (
        <ConfirmDialog title="Start over?" action="Start over" isBusy={startOver.isPending} error={startOver.error} onConfirm={() => startOver.mutate({ triggerId, startOver: true })} close={() => setAsking(false)}>
          The cursor and all items seen so far are forgotten. The next look is the first one again.
        </ConfirmDialog>
      ) : null}
    </>
  );
}
