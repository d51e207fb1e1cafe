import { isBranch, membersOf, pointerOf, type ValuePath } from "./path-text";
import { scalarText } from "./print-value";

export interface ValueMatches {
  /** Pointers of what matches and of everything around it. */
  shown: ReadonlySet<string>;
  /** Pointers of what matches itself, by its name or by what it says. */
  hits: ReadonlySet<string>;
}

/** Where a value says something, whatever the case of its letters. */
export function searchValue(value: unknown, wanted: string): ValueMatches {
  const query = wanted.trim().toLowerCase();
  const shown = new Set<string>();
  const hits = new Set<string>();
  const visit = (inner: unknown, path: ValuePath): boolean => {
    const name = path.at(-1);
    const isHit = (typeof name === "string" && name.toLowerCase().includes(query)) || (!isBranch(inner) && scalarText(inner).toLowerCase().includes(query));
    let isShown = isHit;
    if (isBranch(inner)) for (const member of membersOf(inner, path)) isShown = visit(member.value, member.path) || isShown;
    if (isHit) hits.add(pointerOf(path));
    if (isShown) shown.add(pointerOf(path));
    return isShown;
  };
  if (query !== "") visit(value, []);
  return { shown, hits };
}
