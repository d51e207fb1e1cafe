"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTRPC } from "@/components/data/trpc";
import { Checkbox } from "@/components/ui/checkbox";
import { ROLES } from "@/server/auth/permissions";

export interface Whom {
  roles: string[];
  userIds: string[];
}

/** Roles and people whom a rule does not hold. */
export function WhomFields({ label, value, onChange }: { label: string; value: Whom; onChange: (next: Whom) => void }) {
  const trpc = useTRPC();
  const members = useQuery(trpc.access.members.queryOptions());
  const people = members.data?.people.map(({ userId, name }) => ({ id: userId, name })) ?? [];
  const toggled = (list: string[], one: string, on: boolean) => (on ? [...list, one] : list.filter((other) => other !== one));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-xs font-medium text-muted-foreground">{label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-2">
        {ROLES.slice(0, 3).map((role) => <Choice key={role} label={role} checked={value.roles.includes(role)} onChange={(on) => onChange({ ...value, roles: toggled(value.roles, role, on) })} />)}
      </div>
      {people.length === 0 ? null : (
        <div className="flex max-h-40 flex-col gap-2 overflow-y-auto rounded-md border p-2">
          {people.map(({ id, name }) => <Choice key={id} label={name} checked={value.userIds.includes(id)} onChange={(on) => onChange({ ...value, userIds: toggled(value.userIds, id, on) })} />)}
        </div>
      )}
    </fieldset>
  );
}

function Choice({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <div className="flex items-center gap-2">
      <Checkbox id={id} checked={checked} onCheckedChange={(on) => onChange(on === true)} />
      <label htmlFor={id} className="text-sm">{label}</label>
    </div>
  );
}
