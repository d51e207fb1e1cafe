const BASE = "http://inside.invalid";

/** Where to go after signing in. Only addresses of this installation: a link must not lead a person who just signed in anywhere else. */
export function insidePath(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/") || !URL.canParse(wanted, BASE)) return "/";
  const { origin, pathname, search } = new URL(wanted, BASE);
  // "/.//elsewhere" is inside as it stands, but becomes "//elsewhere" once its dots are resolved: another host.
  return origin === BASE && !pathname.startsWith("//") ? pathname + search : "/";
}
