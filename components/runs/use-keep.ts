"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import type { RunDetail } from "@/server/runs/contract";

/** Whether retention leaves the run alone; the page learns of a change by the answer. */
export function useKeep(run: RunDetail): { isKept: boolean; toggle: () => void } {
  const trpc = useTRPC();
  const [changed, setChanged] = useState<boolean | null>(null);
  const isKept = changed ?? run.kept;
  const keep = useMutation(trpc.runs.keep.mutationOptions({ onError: (error) => void toast.error(readRefusal(error).message) }));
  const set = (kept: boolean) =>
    keep.mutate(
      { runId: run.id, kept },
      {
        onSuccess: () => {
          setChanged(kept);
          toast.success(kept ? "The run is kept." : "The run goes when its time is over.", { action: { label: "Undo", onClick: () => set(!kept) } });
        },
      },
    );
  return { isKept, toggle: () => set(!isKept) };
}
