import type { Presence } from "@/server/presence/contract";

/** A person who has the workflow open, in one or several pages. */
export interface Person {
  id: string;
  name: string;
  initials: string;
  /** 0–7, the same for the same person everywhere. */
  hue: number;
  /** Steps that they have selected. */
  nodeIds: readonly string[];
}

export function peopleOf(presence: readonly Presence[], me: string): Person[] {
  const found = new Map<string, Person>();
  for (const { user, nodeId } of presence) {
    const name = user.id === me ? "You, in another tab" : user.name;
    const before = found.get(user.id);
    const nodeIds = [...(before?.nodeIds ?? []), ...(nodeId === null || before?.nodeIds.includes(nodeId) ? [] : [nodeId])];
    found.set(user.id, { id: user.id, name, initials: initialsOf(user.name), hue: hueOf(user.id), nodeIds });
  }
  return [...found.values()].toSorted((one, other) => one.name.localeCompare(other.name));
}

function initialsOf(name: string): string {
  const words = name.trim().split(/[\s@._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)![0]! : "")).toUpperCase();
}

function hueOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 997;
  return sum % 8;
}
