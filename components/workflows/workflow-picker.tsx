"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
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
  const [picked, setPicked] = useState<PickedWorkflow | null>(null);
  const isKnown = value !== null && picked !== null && refersTo(value, picked);
  const named = useQuery({ ...trpc.workflows.names.queryOptions({ refs: [value ?? "-"] }), enabled: value !== null && value !== "" && !isKnown, staleTime: 60_000 });
  const found = isKnown ? picked : (named.data?.find((workflow) => value !== null && refersTo(value, workflow)) ?? null);
  const label = value === null || value === "" ? null : (found?.name ?? (named.isPending ? "…" : `${value} (there is no such workflow)`));
  return (
    <Picker label={label} placeholder={none ?? "Choose a workflow"} isNoneChosen={none !== undefined} of="Workflows" control={control} disabled={disabled} className={className}>
      {(close) => (
        <WorkflowChoices
          none={none}
          onPick={(workflow) => {
            close();
            setPicked(workflow);
            onPick(workflow);
          }}
        />
      )}
    </Picker>
  );
}

function refersTo(value: string, { id, slug, name }: PickedWorkflow): boolean {
  return value === id || value === slug || value === name;
}
