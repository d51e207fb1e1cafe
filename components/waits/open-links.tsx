"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";

/** The links by which an approval can still be answered, each with a way to take it back. Nothing where there is none. */
export function OpenLinks({ waitId }: { waitId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const links = useQuery(trpc.waits.links.queryOptions({ waitId }));
  const revoke = useMutation(
    trpc.waits.revokeLink.mutationOptions({
      onSuccess: () => void toast("The link does not work any more."),
      onError: (error) => void toast.error(readRefusal(error).message),
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.waits.links.pathKey() }),
    }),
  );
  if (links.isError) return <p className="text-xs text-danger">The links that were made could not be loaded.</p>;
  if (links.data === undefined || links.data.length === 0) return null;
  return (
    <section aria-label="Links that still answer this" className="flex flex-col gap-1.5 text-xs">
      <h3 className="text-muted-foreground">Links that still answer this</h3>
      <ul className="flex flex-col gap-1">
        {links.data.map(({ id, recipient, madeBy, mailed, mayRevoke, expiresAt }) => {
          const whose = recipient === "" ? "somebody" : recipient;
          return (
            <li key={id} className="flex flex-wrap items-center gap-x-2">
              <span className="min-w-0 break-words">{mailed ? "Mailed to" : "For"} {whose}{madeBy === null ? "" : `, made by ${madeBy}`}{expiresAt === null ? "" : ", until "}{expiresAt === null ? null : <Moment at={expiresAt} />}</span>
              {mayRevoke ? <Button size="sm" variant="ghost" aria-label={`Take back the link for ${whose}`} disabled={revoke.isPending} onClick={() => revoke.mutate({ waitId, linkId: id })}>Take back</Button> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
