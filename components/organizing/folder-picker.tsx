"use client";

import dynamic from "next/dynamic";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
import { Select, type SelectOption } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";

const FolderChoices = dynamic(() => import("./folder-choices").then((module) => module.FolderChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

/** A list that is longer is searched. */
const SHORT = 12;

export interface FolderPickerProps extends FieldControl {
  value: string | undefined;
  /** Folders by their whole paths. */
  options: readonly SelectOption[];
  onValueChange: (value: string) => void;
  disabled?: boolean;
}

/** One of the folders, however many there are. */
export function FolderPicker({ value, options, onValueChange, disabled, ...control }: FolderPickerProps) {
  if (options.length <= SHORT) return <Select {...control} value={value} disabled={disabled} placeholder="Choose a folder" onValueChange={onValueChange} options={options} />;
  const label = options.find((option) => option.value === value)?.label ?? null;
  return (
    <Picker label={label} placeholder="Choose a folder" of="Folders" control={control} disabled={disabled}>
      {(close) => (
        <FolderChoices
          options={options}
          onPick={(folderId) => {
            close();
            onValueChange(folderId);
          }}
        />
      )}
    </Picker>
  );
}
