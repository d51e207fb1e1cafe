"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";

const LOOK_AGAIN_MS = 5_000;

/** The key that the workspace's values are sealed with, and a new one for it. */
export function DataKeyCard() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayChange = useMay("settings:write");
  const state = useQuery(trpc.keyRotation.view.queryOptions(undefined, { refetchInterval: (query) => ((query.state.data?.left ?? 0) > 0 ? LOOK_AGAIN_MS : false) }));
  const rotate = useMutation(
    trpc.keyRotation.rotate.mutationOptions({
      onSuccess: (after) => {
        queryClient.setQueryData(trpc.keyRotation.view.queryKey(), after);
        toast.success(after.left === 0 ? "Everything is sealed with the new key." : "The new key seals from now on.");
      },
      onError: (error) => toast.error(readRefusal(error).message),
    }),
  );
  if (state.data === undefined) return null;
  const { since, left } = state.data;
  return (
    <Card className="mt-6">
      <CardHeader
        title="Encryption key"
        description={
          since === null ? (
            "Made with the first secret."
          ) : (
            <>
              In use since <Moment at={since} />. {left === 0 ? "Everything is sealed with it." : `${left} ${left === 1 ? "value is" : "values are"} being sealed anew.`}
            </>
          )
        }
        actions={
          mayChange && since !== null ? (
            <Button disabled={rotate.isPending} onClick={() => rotate.mutate()}>
              <KeyRound aria-hidden />
              New key
            </Button>
          ) : null
        }
      />
    </Card>
  );
}
