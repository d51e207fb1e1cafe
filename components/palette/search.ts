/** Whether every word of the query occurs in the text, in any order. */
export function fits(query: string, ...texts: readonly string[]): boolean {
  const text = texts.join(" ").toLowerCase();
  return wordsOf(query).every((word) => text.includes(word));
}

function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter((word) => word !== "");
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** A run's id that was typed or pasted, also with the address around it. */
export function runIdIn(query: string): string | null {
  return UUID.exec(query)?.[0].toLowerCase() ?? null;
}
