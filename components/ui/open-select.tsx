"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import { cn } from "./class-names";
import { selectClasses, type SelectProps } from "./select";

/** The select itself, open when it comes. Radix reserves the empty value for "nothing chosen". */
export function OpenSelect({ value, onValueChange, options, placeholder, className, ...trigger }: SelectProps) {
  return (
    <Primitive.Root defaultOpen value={value ?? ""} onValueChange={onValueChange}>
      <Primitive.Trigger
        className={cn(selectClasses, className)}
        {...trigger}
        data-value={value ?? ""}
      >
        <span className="truncate"><Primitive.Value placeholder={placeholder} /></span>
        <Primitive.Icon asChild><ChevronDown className="size-4 shrink-0 opacity-60" aria-hidden /></Primitive.Icon>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-80 min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border bg-popover text-popover-foreground shadow-md"
        >
          <Primitive.Viewport className="p-1">
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={option.value}
                className="relative flex cursor-default items-center rounded-sm py-1.5 pr-8 pl-2 text-sm outline-none select-none data-highlighted:bg-accent data-highlighted:text-accent-foreground"
              >
                <Primitive.ItemText>{option.label}</Primitive.ItemText>
                <Primitive.ItemIndicator className="absolute right-2"><Check className="size-4" aria-hidden /></Primitive.ItemIndicator>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
