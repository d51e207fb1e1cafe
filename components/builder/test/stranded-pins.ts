export interface Rename {
  from: string;
  to: string;
}

/** Pins of steps that are called otherwise now, and where they belong: the way of a rename, or back. */
export function strandedPins(renames: readonly Rename[], ids: ReadonlySet<string>, pins: Readonly<Record<string, unknown>>): (Rename & { by: Rename })[] {
  const isStranded = ({ from, to }: Rename) => Object.hasOwn(pins, from) && !Object.hasOwn(pins, to) && !ids.has(from) && ids.has(to);
  return renames.flatMap((by) => [by, { from: by.to, to: by.from }].filter(isStranded).map((way) => ({ ...way, by }))).slice(0, 1);
}
