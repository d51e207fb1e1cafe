"use client";

import { useId } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { type Condition, type ConditionType, OF_WORKSPACE } from "@/server/alerts/contract";
import { CONDITION_LABELS, defaultCondition } from "./condition-words";

export interface ConditionFieldsProps {
  conditions: readonly Condition[];
  /** About everything in the workspace. */
  isWhole: boolean;
  onChange: (conditions: Condition[]) => void;
}

/** Each condition once; those with a number show it when they are chosen. */
export function ConditionFields({ conditions, isWhole, onChange }: ConditionFieldsProps) {
  const id = useId();
  const types = (Object.keys(CONDITION_LABELS) as ConditionType[]).filter((type) => isWhole || !OF_WORKSPACE.includes(type));
  const replace = (next: Condition) => onChange(conditions.map((condition) => (condition.type === next.type ? next : condition)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">When</legend>
      {types.map((type) => {
        const chosen = conditions.find((condition) => condition.type === type);
        return (
          <div key={type} className="flex min-h-7 flex-wrap items-center gap-2">
            <Checkbox
              id={`${id}-${type}`}
              checked={chosen !== undefined}
              onCheckedChange={(isChosen) => onChange(isChosen === true ? [...conditions, defaultCondition(type)] : conditions.filter((condition) => condition.type !== type))}
            />
            <label htmlFor={`${id}-${type}`} className="text-sm">{CONDITION_LABELS[type]}</label>
            {chosen?.type === "failuresInRow" ? <NumberInput label="How many times" suffix="times" value={chosen.count} min={2} max={1_000} onChange={(count) => replace({ type: "failuresInRow", count })} /> : null}
            {chosen?.type === "queueAge" ? <NumberInput label="Seconds" suffix="seconds" value={chosen.seconds} min={10} max={86_400} onChange={(seconds) => replace({ type: "queueAge", seconds })} /> : null}
          </div>
        );
      })}
    </fieldset>
  );
}

function NumberInput({ label, suffix, value, min, max, onChange }: { label: string; suffix: string; value: number; min: number; max: number; onChange: (value: number) => void }) {
  return (
    <span className="flex items-center gap-1.5 text-sm text-muted-foreground">
      <Input type="number" aria-label={label} className="h-7 w-24" min={min} max={max} value={Number.isNaN(value) ? "" : value} aria-invalid={value < min || value > max || Number.isNaN(value) ? true : undefined} onChange={(event) => onChange(event.target.valueAsNumber)} />
      {suffix}
    </span>
  );
}
