/** Whether a JSON pointer is one of the fields: `auth/token`, `headers/*` (`*` stands for any key or index). */
export function matchesAny(patterns: readonly string[], pointer: string): boolean {
  return patterns.length > 0 && patterns.some((pattern) => matches(pattern, pointer));
}

function matches(pattern: string, pointer: string): boolean {
  const wanted = pattern.replace(/^\//, "").split("/");
  const found = pointer.slice(1).split("/");
  return wanted.length === found.length && wanted.every((name, index) => name === "*" || name === found[index]);
}
