"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
import { SkeletonRows } from "@/components/ui/skeleton";

const TriggerChoices = dynamic(() => import("./trigger-choices").then((module) => module.TriggerChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

export interface PickedTrigger {
  id: string;
  name: string;
  workflow: { id: string; name: string };
}

export interface TriggerPickerProps extends Partial<FieldControl> {
  value: string | null;
  onPick: (trigger: PickedTrigger) => void;
}

/** One trigger of the workspace, however many there are: the server searches. */
export function TriggerPicker({ value, onPick, ...control }: TriggerPickerProps) {
  const trpc = useTRPC();
  const [picked, setPicked] = useState<PickedTrigger | null>(null);
  const isKnown = picked !== null && picked.id === value;
  const named = useQuery(trpc.triggers.get.queryOptions(value === null || isKnown ? skipToken : { triggerId: value }));
  const found = isKnown ? picked : named.data;
  const label = value === null ? null : found !== undefined ? `${found.name} (${found.workflow.name})` : named.isError ? "There is no such trigger" : "…";
  return (
    <Picker label={label} placeholder="Choose a trigger" of="Triggers" control={control} className="w-full">
      {(close) => (
        <TriggerChoices
          onPick={(trigger) => {
            close();
            setPicked(trigger);
            onPick(trigger);
          }}
        />
      )}
    </Picker>
  );
}
