"use client";

import { ChevronDown } from "lucide-react";
import dynamic from "next/dynamic";
import { useId, useState } from "react";
import { cn } from "@/components/ui/class-names";
import type { FieldControl } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { Select, selectClasses, type SelectOption } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";

const FolderChoices = dynamic(() => import("./folder-choices").then((module) => module.FolderChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

/** A list that is longer is searched. */
const SHORT = 12;

export interface FolderPickerProps extends FieldControl {
  value: string | undefined;
  /** Folders by their whole paths. */
  options: readonly SelectOption[];
  onValueChange: (value: string) => void;
}

/** One of the folders, however many there are. */
export function FolderPicker({ value, options, onValueChange, ...control }: FolderPickerProps) {
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  if (options.length <= SHORT) return <Select {...control} value={value} placeholder="Choose a folder" onValueChange={onValueChange} options={options} />;
  const label = options.find((option) => option.value === value)?.label;
  return (
    <Popover modal open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <button type="button" role="combobox" aria-expanded={isOpen} aria-controls={listId} data-placeholder={label === undefined ? "" : undefined} className={cn(selectClasses)} {...control}>
          <span className="truncate">{label ?? "Choose a folder"}</span>
          <ChevronDown className="size-4 shrink-0 opacity-60" aria-hidden />
        </button>
      </PopoverTrigger>
      <PopoverContent id={listId} className="flex max-h-[min(24rem,60dvh)] w-80 max-w-[calc(100vw-1rem)] flex-col p-0" aria-label="Folders">
        <FolderChoices
          options={options}
          onPick={(folderId) => {
            setOpen(false);
            onValueChange(folderId);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}
