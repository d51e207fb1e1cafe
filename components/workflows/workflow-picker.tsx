"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import dynamic from "next/dynamic";
import { useId, useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { cn } from "@/components/ui/class-names";
import type { FieldControl } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { selectClasses } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";

const WorkflowChoices = dynamic(() => import("./workflow-choices").then((module) => module.WorkflowChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

export interface PickedWorkflow {
  id: string;
  slug: string;
  name: string;
}

export interface WorkflowPickerProps extends Partial<FieldControl> {
  /** Id, short name or name; null: none. */
  value: string | null;
  onPick: (workflow: PickedWorkflow | null) => void;
  /** What stands for none, which can be chosen then; without it one has to be chosen. */
  none?: string;
  disabled?: boolean;
  className?: string;
  "aria-label"?: string;
}

/** One workflow of the workspace, however many there are: the server searches. */
export function WorkflowPicker({ value, onPick, none, disabled = false, className, ...control }: WorkflowPickerProps) {
  const trpc = useTRPC();
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [picked, setPicked] = useState<PickedWorkflow | null>(null);
  const isKnown = value !== null && picked !== null && refersTo(value, picked);
  const named = useQuery({ ...trpc.workflows.names.queryOptions({ refs: [value ?? "-"] }), enabled: value !== null && value !== "" && !isKnown, staleTime: 60_000 });
  const found = isKnown ? picked : (named.data?.find((workflow) => value !== null && refersTo(value, workflow)) ?? null);
  const label = value === null || value === "" ? null : (found?.name ?? (named.isPending ? "…" : `${value} (there is no such workflow)`));
  return (
    <Popover modal open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <button type="button" role="combobox" aria-expanded={isOpen} aria-controls={listId} disabled={disabled} data-placeholder={label === null && none === undefined ? "" : undefined} className={cn(selectClasses, className)} {...control}>
          <span className="truncate">{label ?? none ?? "Choose a workflow"}</span>
          <ChevronDown className="size-4 shrink-0 opacity-60" aria-hidden />
        </button>
      </PopoverTrigger>
      <PopoverContent id={listId} className="flex max-h-[min(24rem,60dvh)] w-80 max-w-[calc(100vw-1rem)] flex-col p-0" aria-label="Workflows">
        <WorkflowChoices
          none={none}
          onPick={(workflow) => {
            setOpen(false);
            setPicked(workflow);
            onPick(workflow);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}

function refersTo(value: string, { id, slug, name }: PickedWorkflow): boolean {
  return value === id || value === slug || value === name;
}
