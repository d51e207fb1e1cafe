"use client";

import { X } from "lucide-react";
import { useId } from "react";
import type { PickedPerson } from "@/components/people/person-choices";
import { PersonPicker } from "@/components/people/person-picker";
import { Checkbox } from "@/components/ui/checkbox";
import { ROLES } from "@/server/auth/permissions";

export interface Whom {
  roles: string[];
  people: PickedPerson[];
}

export const NOBODY: Whom = { roles: [], people: [] };

/** People are chosen in lists, of which a dialog does not see by itself that they changed. */
export function namesOthers(before: Whom, now: Whom): boolean {
  const idsOf = ({ people }: Whom) => people.map(({ id }) => id).sort().join();
  return idsOf(before) !== idsOf(now);
}

/** Roles and people whom a rule does not hold. */
export function WhomFields({ label, value, onChange }: { label: string; value: Whom; onChange: (next: Whom) => void }) {
  const addId = useId();
  const leaveOut = (id: string) => {
    onChange({ ...value, people: value.people.filter((one) => one.id !== id) });
    // The button that was pressed goes with the name.
    document.getElementById(addId)?.focus();
  };
  const toggled = (list: string[], one: string, on: boolean) => (on ? [...list, one] : list.filter((other) => other !== one));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-xs font-medium text-muted-foreground">{label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-2">
        {ROLES.slice(0, 3).map((role) => <Choice key={role} label={role} checked={value.roles.includes(role)} onChange={(on) => onChange({ ...value, roles: toggled(value.roles, role, on) })} />)}
      </div>
      {value.people.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5" aria-label={`${label}: people`}>
          {value.people.map(({ id, name }) => (
            <li key={id} className="flex max-w-full items-center gap-1 rounded-md border bg-muted py-0.5 pr-0.5 pl-2 text-sm">
              <span className="truncate">{name}</span>
              <button type="button" aria-label={`Leave out ${name}`} className="rounded-sm p-1.5 text-muted-foreground hover:text-foreground" onClick={() => leaveOut(id)}>
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <PersonPicker id={addId} aria-label={`${label}: add a person`} from="workspace" value={null} placeholder="Add a person" without={new Set(value.people.map(({ id }) => id))} onPick={(person) => onChange({ ...value, people: [...value.people, person] })} />
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
