"use client";

import { cn } from "./class-names";

export interface SegmentsProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string }[];
}

/** One of two or three ways to look at the same thing, side by side. */
export function Segments<Value extends string>({ label, value, onChange, options }: SegmentsProps<Value>) {
  return (
    <div role="group" aria-label={label} className="flex rounded-md border p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={value === option.value}
          onClick={() => onChange(option.value)}
          className={cn("rounded-sm px-2 py-0.5 text-xs whitespace-nowrap text-muted-foreground hover:text-foreground", value === option.value && "bg-accent text-foreground")}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
