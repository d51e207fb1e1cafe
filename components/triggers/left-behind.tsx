"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { LeftoverView } from "@/server/triggers/contract";
import { kindTitle } from "./kind-choices";

/** What a trigger still has at a server that it does not use any more, and the way to have it taken away now. */
export function LeftBehind({ leftovers, mayOperate }: { leftovers: readonly LeftoverView[]; mayOperate: boolean }) {
  return leftovers.map((leftover, index) => <Leftover key={index} leftover={leftover} mayOperate={mayOperate} />);
}

function Leftover({ leftover: { triggerId, name, kind, place, problem, nextAt }, mayOperate }: { leftover: LeftoverView; mayOperate: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const again = useMutation(trpc.triggers.takeAwayAgain.mutationOptions({
    onSuccess: () => {
      toast.success("It is tried again within ten seconds.");
      return queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
    },
    onError: (error) => void toast.error(readRefusal(error).message),
  }));
  return (
    <Alert
      tone="warning"
      title={`${name} (${kindTitle(kind)}) has left something at ${place ?? "its provider"}`}
      actions={mayOperate && problem !== null ? <Button size="sm" disabled={again.isPending} onClick={() => again.mutate({ triggerId })}>Try again</Button> : undefined}
    >
      {problem === null ? "It is about to be taken away." : <span className="break-words">{problem}</span>}
      {nextAt === null || problem === null ? null : <> · next attempt <Moment at={nextAt} /></>}
    </Alert>
  );
}

/** The same of triggers that are gone, and what nobody tries to take away any more. */
export function LeftBehindByDeleted() {
  const trpc = useTRPC();
  const mayRead = useMay("settings:read");
  const mayOperate = useMay("trigger:operate");
  const found = useQuery({ ...trpc.triggers.leftovers.queryOptions(), enabled: mayRead });
  useLiveRefresh("triggers", trpc.triggers.leftovers.pathKey());
  if (found.isError && found.data === undefined) return <ErrorState error={found.error} retry={() => void found.refetch()} what="what is left at other servers" />;
  if (found.data === undefined || found.data.left.length + found.data.abandoned.length === 0) return null;
  return (
    <section aria-label="Left at other servers" className="mx-4 mb-4 flex flex-col gap-2 rounded-lg border p-3 text-sm sm:mx-6">
      <h2 className="font-medium">Left at other servers</h2>
      <p className="text-xs text-muted-foreground">What deleted triggers have left is tried again for a month. What was given up, of any trigger, stands here for 30 days, whoever has taken it away. At most 50 of each are shown.</p>
      <LeftBehind leftovers={found.data.left} mayOperate={mayOperate} />
      <ul className="flex flex-col gap-1">
        {found.data.abandoned.map(({ name, place, problem, at }, index) => (
          <li key={index} className="break-words text-muted-foreground">
            {name}: given up <Moment at={at} />{place === null ? "" : `, at ${place}`}{problem === null ? "" : `: ${problem}`}. Take it away there by hand.
          </li>
        ))}
      </ul>
    </section>
  );
}
