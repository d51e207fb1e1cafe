"use client";

import dynamic from "next/dynamic";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { PersonChoicesProps, PickedPerson } from "./person-choices";

const PersonChoices = dynamic(() => import("./person-choices").then((module) => module.PersonChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

export interface PersonPickerProps extends Partial<FieldControl>, Pick<PersonChoicesProps, "from" | "without" | "outside" | "onPick"> {
  value: PickedPerson | null;
  placeholder?: string;
  className?: string;
  "aria-label"?: string;
}

/** One person, however many there are: the server searches. */
export function PersonPicker({ value, from, without, outside, onPick, placeholder = "Choose a person", className = "w-full", ...control }: PersonPickerProps) {
  return (
    <Picker label={value?.name ?? null} placeholder={placeholder} of="People" control={control} className={className}>
      {(close) => (
        <PersonChoices
          from={from}
          without={without}
          outside={outside}
          onPick={(person) => {
            close();
            onPick(person);
          }}
        />
      )}
    </Picker>
  );
}
