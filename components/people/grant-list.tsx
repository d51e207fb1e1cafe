"use client";

import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { GrantView } from "@/server/access/contract";

/** What was given at a place, and what comes from the folders above, which is taken there. */
export function GrantList({ grants, mayWrite, done }: { grants: readonly GrantView[]; mayWrite: boolean; done: () => unknown }) {
  const trpc = useTRPC();
  const revoke = useMutation(trpc.access.revoke.mutationOptions({ onSuccess: done, onError: (error) => void toast.error(readRefusal(error).message) }));
  return (
    <ul className="divide-y" aria-label="Access given">
      {grants.map((grant) => (
        <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <span className="min-w-0 flex-1 font-medium break-words">{grant.who.name}{grant.who.kind === "group" ? " (group)" : ""}</span>
          <Badge>{grant.label}</Badge>
          {grant.from !== null ? <span className="text-xs text-muted-foreground">from {grant.from.name}</span> : mayWrite ? (
            <Button variant="ghost" size="icon" aria-label={`Take ${grant.label} from ${grant.who.name}`} disabled={revoke.isPending} onClick={() => revoke.mutate({ grantId: grant.id })}><Trash2 aria-hidden /></Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
