/** Ports of a kind that only goes on. */
export const ONLY_OUT = (): string[] => ["out"];
/** Ports of a kind that never goes on. */
export const NO_PORTS = (): string[] => [];

/** Names of `{ name }[]` in a config that has not been checked yet. */
export function namesOf(cases: unknown): string[] {
  if (!Array.isArray(cases)) return [];
  return cases.flatMap((entry: unknown) => (typeof entry === "object" && entry !== null && "name" in entry && typeof entry.name === "string" ? [entry.name] : []));
}

/** Problems of a list of cases whose names must differ. */
export function repeatedNames(cases: unknown): { path: string; message: string }[] {
  const names = namesOf(cases);
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [{ path: `/cases/${index}/name`, message: `the case "${name}" exists twice` }] : []));
}
