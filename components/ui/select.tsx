"use client";

import { ChevronDown } from "lucide-react";
import { useId, useState, type ComponentProps, type ComponentType, type KeyboardEvent } from "react";
import { cn } from "./class-names";
import { fieldClasses } from "./input";

export interface SelectOption {
  value: string;
  label: string;
}

export interface SelectProps extends Omit<ComponentProps<"button">, "value" | "onChange" | "dir"> {
  value: string | undefined;
  onValueChange: (value: string) => void;
  options: readonly SelectOption[];
  placeholder?: string;
}

export const selectClasses = cn(fieldClasses, "flex h-9 items-center justify-between gap-2 data-placeholder:text-muted-foreground");

const OPENING_KEYS = ["ArrowDown", "ArrowUp"];

/** One of a few options. Its list is loaded when somebody comes near, and shown when they open it. */
export function Select(props: SelectProps) {
  const { value, onValueChange: _, options, placeholder, className, ...trigger } = props;
  const listId = useId();
  const id = trigger.id ?? `${listId}-field`;
  const [wasOpened, setOpened] = useState(false);
  const [OpenSelect, setOpenSelect] = useState<ComponentType<SelectProps> | null>(null);
  const prepare = () => void import("./open-select").then((module) => setOpenSelect(() => module.OpenSelect));
  const open = () => {
    setOpened(true);
    prepare();
  };
  const openByKey = (event: KeyboardEvent) => {
    if (!OPENING_KEYS.includes(event.key)) return;
    event.preventDefault();
    open();
  };
  if (wasOpened && OpenSelect !== null) return <OpenSelect {...props} id={id} />;
  const label = options.find((option) => option.value === value)?.label;
  return (
    <button
      type="button"
      role="combobox"
      aria-expanded={false}
      aria-controls={listId}
      aria-haspopup="listbox"
      aria-busy={wasOpened || undefined}
      data-placeholder={label === undefined ? "" : undefined}
      className={cn(selectClasses, className)}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={open}
      onKeyDown={openByKey}
      {...trigger}
      id={id}
      data-value={value ?? ""}
    >
      <span className="truncate">{label ?? placeholder}</span>
      <ChevronDown className="size-4 shrink-0 opacity-60" aria-hidden />
    </button>
  );
}
