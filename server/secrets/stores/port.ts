/** One external store of secrets. Errors say what went wrong and hold no value. */
export interface ExternalStore {
  /** `ref`: `path`, or `path#key` for one member of what lies there. */
  read(ref: string): Promise<string>;
  /** Whether it answers, and takes the credential. */
  check(): Promise<void>;
}

export class StoreRefused extends Error {
  override name = "StoreRefused";
}

export interface Ref {
  path: string;
  key: string | null;
}

export function parseRef(ref: string): Ref {
  const at = ref.lastIndexOf("#");
  return at < 0 ? { path: ref, key: null } : { path: ref.slice(0, at), key: ref.slice(at + 1) };
}

/** Of a text that is a JSON object the member; without a key the text itself. */
export function memberOf(text: string, { path, key }: Ref): string {
  if (key === null) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message would quote the value.
    throw new StoreRefused(`${path} is no JSON object, so it has no member ${key}`);
  }
  return memberText(parsed, { path, key });
}

export function memberText(value: unknown, { path, key }: Ref): string {
  const member: unknown = typeof value === "object" && value !== null && key !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  if (typeof member === "string") return member;
  if (typeof member === "number" || typeof member === "boolean") return String(member);
  throw new StoreRefused(member === undefined ? `${path} has no member ${key ?? ""}` : `${key ?? ""} of ${path} is no text`);
}
