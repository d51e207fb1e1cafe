"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import dynamic from "next/dynamic";
import { useId, useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { cn } from "@/components/ui/class-names";
import type { FieldControl } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { selectClasses } from "@/components/ui/select";
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
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [picked, setPicked] = useState<PickedTrigger | null>(null);
  const isKnown = picked !== null && picked.id === value;
  const named = useQuery(trpc.triggers.get.queryOptions(value === null || isKnown ? skipToken : { triggerId: value }));
  const found = isKnown ? picked : named.data;
  const label = value === null ? null : found !== undefined ? `${found.name} (${found.workflow.name})` : named.isError ? "There is no such trigger" : "…";
  return (
    <Popover modal open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <button type="button" role="combobox" aria-expanded={isOpen} aria-controls={listId} data-placeholder={label === null ? "" : undefined} className={cn(selectClasses, "w-full")} {...control}>
          <span className="truncate">{label ?? "Choose a trigger"}</span>
          <ChevronDown className="size-4 shrink-0 opacity-60" aria-hidden />
        </button>
      </PopoverTrigger>
      <PopoverContent id={listId} className="flex max-h-[min(24rem,60dvh)] w-80 max-w-[calc(100vw-1rem)] flex-col p-0" aria-label="Triggers">
        <TriggerChoices
          onPick={(trigger) => {
            setOpen(false);
            setPicked(trigger);
            onPick(trigger);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}
