"use client";

import { ChevronDown } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { cn } from "./class-names";
import type { FieldControl } from "./field";
import { Popover, PopoverContent, PopoverTrigger } from "./popover";
import { selectClasses } from "./select";

export interface PickerProps {
  /** What is chosen, in words; null: nothing. */
  label: string | null;
  placeholder: string;
  /** The placeholder is a choice, too. */
  isNoneChosen?: boolean;
  /** Names what there is to choose from. */
  of: string;
  control: Partial<FieldControl> & { "aria-label"?: string };
  disabled?: boolean;
  className?: string;
  /** The list; it closes what it is in. */
  children: (close: () => void) => ReactNode;
}

/** A field that looks like a Select, whose list is searched or too long to be loaded whole. */
export function Picker({ label, placeholder, isNoneChosen = false, of, control, disabled, className, children }: PickerProps) {
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover modal open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <button type="button" role="combobox" aria-expanded={isOpen} aria-controls={listId} disabled={disabled} data-placeholder={label === null && !isNoneChosen ? "" : undefined} className={cn(selectClasses, className)} {...control}>
          <span className="truncate">{label ?? placeholder}</span>
          <ChevronDown className="size-4 shrink-0 opacity-60" aria-hidden />
        </button>
      </PopoverTrigger>
      <PopoverContent id={listId} className="flex max-h-[min(24rem,60dvh)] w-80 max-w-[calc(100vw-1rem)] flex-col p-0" aria-label={of}>
        {children(() => setOpen(false))}
      </PopoverContent>
    </Popover>
  );
}
