/** NUL and halves of surrogate pairs: PostgreSQL's text holds neither, and its json functions refuse a document in which one is written. */
const UNSTORABLE = /\u0000|\p{Surrogate}/u;
const EVERY_UNSTORABLE = /\u0000|\p{Surrogate}/gu;
const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/;
const REPLACEMENT = "\uFFFD";

export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** For texts that people read: what cannot be stored is the replacement character. */
export function storableText(text: string): string {
  return isStorable(text) ? text : text.replace(EVERY_UNSTORABLE, REPLACEMENT);
}

/** The same for a JSON document: one bad character in a text or a name must not make all of it unreadable for the database. */
export function storableJsonText(jsonText: string): string {
  if (!jsonText.includes("\\u") || !UNSTORABLE_ESCAPE.test(jsonText)) return jsonText;
  return JSON.stringify(cleaned(JSON.parse(jsonText)));
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [storableText(key), cleaned(element)]));
}

/** JSON pointer of the first text or name in a value that cannot be stored; null: all of it can. */
export function unstorablePlace(value: unknown, pointer = ""): string | null {
  if (typeof value === "string") return isStorable(value) ? null : pointer;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, element] of Object.entries(value)) {
    if (!isStorable(key)) return pointer;
    const place = unstorablePlace(element, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (place !== null) return place;
  }
  return null;
}
