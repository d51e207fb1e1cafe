"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMayIn } from "@/components/shell/rights";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";

export interface SampleInputsProps {
  workflowId: string;
  /** Name of the sample that the form shows; null when it was changed. */
  chosen: string | null;
  /** What the form holds now. */
  value: unknown;
  onChoose: (name: string, value: unknown) => void;
}

/** Inputs kept under a name, to test with again. */
export function SampleInputs({ workflowId, chosen, value, onChoose }: SampleInputsProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMayIn(workflowId, "workflow:write");
  const samples = useQuery(trpc.testData.samples.queryOptions({ workflowId }));
  const [name, setName] = useState<string | null>(null);
  const settled = {
    onSettled: () => void queryClient.invalidateQueries({ queryKey: trpc.testData.samples.queryKey({ workflowId }) }),
    onError: (error: unknown) => void toast.error(readRefusal(error).message),
  };
  const save = useMutation(trpc.testData.saveSample.mutationOptions(settled));
  const remove = useMutation(trpc.testData.deleteSample.mutationOptions(settled));
  const items = samples.data ?? [];
  const shown = items.find((sample) => sample.name === chosen);
  const keep = () => {
    const wanted = name?.trim() ?? "";
    if (wanted === "") return;
    save.mutate({ workflowId, name: wanted, input: value }, { onSuccess: () => (onChoose(wanted, value), setName(null), void toast.success(`Kept as “${wanted}”.`)) });
  };
  if (samples.isSuccess && items.length === 0 && !mayWrite) return null;
  return (
    <div className="flex flex-wrap items-center gap-2" role="group" aria-label="Sample inputs">
      {samples.isPending ? (
        <Skeleton className="h-8 min-w-0 flex-1" />
      ) : samples.isError ? (
        <ErrorState error={samples.error} retry={() => void samples.refetch()} what="the sample inputs" />
      ) : items.length === 0 ? (
        <span className="text-sm text-muted-foreground">No sample inputs yet: keep this one under a name to test with it again.</span>
      ) : (
        <Select
          aria-label="Sample input"
          value={shown?.id}
          placeholder="Choose a sample …"
          options={items.map((sample) => ({ value: sample.id, label: sample.name }))}
          onValueChange={(id) => {
            const sample = items.find((one) => one.id === id);
            if (sample !== undefined) onChoose(sample.name, sample.input);
          }}
          className="h-8 min-w-0 flex-1"
        />
      )}
      {mayWrite && shown !== undefined ? (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Delete the sample ${shown.name}`}
          onClick={() =>
            remove.mutate(
              { workflowId, sampleId: shown.id },
              { onSuccess: (deleted) => void toast(`“${deleted.name}” was deleted.`, { action: { label: "Undo", onClick: () => save.mutate({ workflowId, name: deleted.name, input: deleted.input }) } }) },
            )
          }
        >
          <Trash2 aria-hidden />
        </Button>
      ) : null}
      {!mayWrite ? null : name === null ? (
        <Button size="sm" onClick={() => setName(chosen ?? "")}>
          <BookmarkPlus aria-hidden />
          Keep as sample
        </Button>
      ) : (
        <span className="flex min-w-0 flex-1 items-center gap-1.5">
          <Input
            autoFocus
            aria-label="Name of the sample"
            placeholder="Large order"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              keep();
            }}
            className="h-8"
          />
          <Button size="sm" disabled={name.trim() === "" || save.isPending} onClick={keep}>Keep</Button>
        </span>
      )}
    </div>
  );
}
