export interface Searched {
  label: string;
  hint?: string | undefined;
  words?: string | undefined;
}

/** Those that hold every word typed: what is called just so first, then by the beginning of a name, within names, and by what else is said of them. */
export function searchChoices<T extends Searched>(choices: readonly T[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...choices];
  const whole = words.join(" ");
  const rank = ({ label, hint = "", words: more = "" }: Searched): number | null => {
    const names = [label.toLowerCase(), hint.toLowerCase()];
    if (names.includes(whole)) return 0;
    if (names.some((name) => name.startsWith(whole))) return 1;
    const named = names.join(" ");
    if (words.every((word) => named.includes(word))) return 2;
    const all = `${named} ${more.toLowerCase()}`;
    return words.every((word) => all.includes(word)) ? 3 : null;
  };
  return choices
    .flatMap((choice) => {
      const found = rank(choice);
      return found === null ? [] : [{ choice, found }];
    })
    .toSorted((one, other) => one.found - other.found)
    .map(({ choice }) => choice);
}
