"use client";

import dynamic from "next/dynamic";
import { Field } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
import { SkeletonRows } from "@/components/ui/skeleton";

const WhoChoices = dynamic(() => import("./who-choices").then((module) => module.WhoChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

/** Somebody of the organization: a person or a group. */
export interface Who {
  kind: "person" | "group";
  id: string;
  name: string;
}

export function WhoPicker({ value, onPick }: { value: Who | null; onPick: (who: Who) => void }) {
  const label = value === null ? null : value.kind === "group" ? `${value.name} (group)` : value.name;
  return (
    <Field label="Who">
      {(control) => (
        <Picker label={label} placeholder="Choose a person or group" of="People and groups" control={control} className="w-full">
          {(close) => (
            <WhoChoices
              onPick={(who) => {
                close();
                onPick(who);
              }}
            />
          )}
        </Picker>
      )}
    </Field>
  );
}
