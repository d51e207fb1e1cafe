const NAME_CHARACTERS = 100;

/** `name=value` as the filter of runs takes it, also from `name: value` as labels are shown; null: it is none. */
export function labelOf(text: string): string | null {
  const match = /^\s*([^=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/s.exec(text);
  const [, name, value] = match ?? [];
  return name === undefined || value === undefined || name.length > NAME_CHARACTERS ? null : `${name}=${value}`;
}
