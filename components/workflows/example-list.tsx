"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { SkeletonRows } from "@/components/ui/skeleton";

export function ExampleList({ onCreated }: { onCreated: (workflow: { id: string }) => void }) {
  const trpc = useTRPC();
  const examples = useQuery(trpc.examples.list.queryOptions());
  const create = useMutation(trpc.workflows.createFromExample.mutationOptions({ onSuccess: onCreated }));
  if (examples.isPending) return <SkeletonRows count={4} />;
  if (examples.isError) return <ErrorState error={examples.error} retry={() => void examples.refetch()} what="the examples" />;
  return (
    <div className="flex flex-col gap-3">
      {create.isError ? <Alert tone="danger" title={readRefusal(create.error).message} /> : null}
      <ul className="flex flex-col gap-2">
        {examples.data.map(({ id, name, description }) => (
          <li key={id}>
            <button
              type="button"
              disabled={create.isPending}
              onClick={() => create.mutate({ example: id })}
              className="flex w-full items-center gap-3 rounded-lg border p-3 text-left transition-colors hover:bg-accent disabled:opacity-60"
            >
              <span className="flex min-w-0 flex-1 flex-col gap-0.5">
                <span className="text-sm font-medium">{name}</span>
                <span className="text-xs text-muted-foreground">{description}</span>
              </span>
              <ChevronRight className="size-4 shrink-0 text-muted-foreground" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
