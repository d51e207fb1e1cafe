/** What is wrong with a schema that stands at `pointer`, or with something inside of it. */
export function schemaProblem(problems: ReadonlyMap<string, string>, pointer: string): string | undefined {
  const own = problems.get(pointer);
  if (own !== undefined) return own;
  const [at, message] = [...problems].find(([place]) => place.startsWith(`${pointer}/`)) ?? [];
  return at === undefined ? undefined : `${at.slice(pointer.length)} ${message}`;
}
