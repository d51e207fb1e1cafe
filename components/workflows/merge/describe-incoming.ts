import type { Conflict, LostEdge, News } from "./conflict";

const NAMED = 3;

/** What came from elsewhere, in one sentence; null when there is nothing to see. */
export function describeNews({ added, removed, changed, isOther }: News, who: string): string | null {
  const parts = [phrase("added", added), phrase("changed", changed), phrase("deleted", removed)].filter((part) => part !== null);
  if (parts.length === 0) return isOther ? `${who} changed how the workflow is connected or set up.` : null;
  return `${who} ${join(parts)}.`;
}

export function describeLost(lost: readonly LostEdge[]): string | null {
  const [first] = lost;
  if (first === undefined) return null;
  const edge = `The connection from ${first.edge.from} to ${first.edge.to}`;
  return lost.length === 1 ? `${edge} is gone, as ${first.missing} was deleted.` : `${edge} and ${lost.length - 1} more are gone, as steps at their ends were deleted.`;
}

export function describeRenamed(renamed: ReadonlyMap<string, string>, who: string): string | null {
  const pairs = [...renamed].map(([old, next]) => `${old} is now ${next}`);
  return pairs.length === 0 ? null : `${join(pairs)}: ${who} added steps of the same id.`;
}

/** What both did, as a title over the choice. */
export function describeConflict({ kind, name, fields, inside }: Conflict, who: string): string {
  const put = inside.length === 0 ? "" : ` and put ${join(quoted(inside))} into it`;
  if (kind === "changed") return `You and ${who} both changed “${name}”.`;
  if (kind === "deletedByThem") return `${capital(who)} deleted “${name}”, which you ${fields.length > 0 || inside.length === 0 ? "changed" : "put steps into"}.`;
  return `You deleted “${name}”, but ${who} ${fields.length > 0 ? "changed it" : "kept it"}${put}.`;
}

/** The field as a path that people can find. */
export function describeField(path: readonly string[]): string {
  return path.join(" › ") || "all of it";
}

function phrase(verb: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const shown = quoted(names.slice(0, NAMED));
  return `${verb} ${names.length > NAMED ? `${shown.join(", ")} and ${names.length - NAMED} more` : join(shown)}`;
}

function quoted(names: readonly string[]): string[] {
  return names.map((name) => `“${name}”`);
}

function join(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)!}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
