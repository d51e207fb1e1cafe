"use client";

import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/components/ui/class-names";
import type { Person } from "./people";

const SHOWN = 4;

/** Dark enough for white letters, in light and dark alike. */
const HUES = ["#1d4ed8", "#b45309", "#047857", "#be185d", "#6d28d9", "#0e7490", "#b91c1c", "#4d7c0f"] as const;

export function Avatar({ person, small = false }: { person: Person; small?: boolean }) {
  return (
    <span
      aria-hidden
      style={{ backgroundColor: HUES[person.hue] }}
      className={cn("inline-flex shrink-0 items-center justify-center rounded-full font-medium text-white ring-2 ring-card select-none", small ? "size-4.5 text-[9px]" : "size-7 text-[11px]")}
    >
      {person.initials}
    </span>
  );
}

/** Who else has this workflow open. */
export function Avatars({ people, nameOf }: { people: readonly Person[]; nameOf: (nodeId: string) => string }) {
  if (people.length === 0) return null;
  const rest = people.length - SHOWN;
  return (
    <ul aria-label="Also here" className="flex -space-x-1.5">
      {people.slice(0, SHOWN).map((person) => (
        <li key={person.id}>
          <Tooltip content={describe(person, nameOf)}>
            <span tabIndex={0} className="inline-flex rounded-full">
              <Avatar person={person} />
              <span className="sr-only">{describe(person, nameOf)}</span>
            </span>
          </Tooltip>
        </li>
      ))}
      {rest > 0 ? <li className="inline-flex size-7 items-center justify-center rounded-full bg-muted text-[11px] ring-2 ring-card">+{rest}</li> : null}
    </ul>
  );
}

function describe({ name, nodeIds }: Person, nameOf: (nodeId: string) => string): string {
  return nodeIds.length === 0 ? name : `${name}, at ${nodeIds.map(nameOf).join(", ")}`;
}
