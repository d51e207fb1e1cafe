"use client";

import dynamic from "next/dynamic";
import type { FieldControl } from "@/components/ui/field";
import { Picker } from "@/components/ui/picker";
import { SkeletonRows } from "@/components/ui/skeleton";

const OrganizationChoices = dynamic(() => import("./organization-choices").then((module) => module.OrganizationChoices), { ssr: false, loading: () => <SkeletonRows count={4} /> });

export interface PickedOrganization {
  id: string;
  name: string;
}

/** One organization, however many there are: the server searches. */
export function OrganizationPicker({ value, onPick, ...control }: Partial<FieldControl> & { value: PickedOrganization | null; onPick: (organization: PickedOrganization) => void }) {
  return (
    <Picker label={value?.name ?? null} placeholder="Choose one" of="Organizations" control={control} className="w-full">
      {(close) => (
        <OrganizationChoices
          onPick={(organization) => {
            close();
            onPick(organization);
          }}
        />
      )}
    </Picker>
  );
}
