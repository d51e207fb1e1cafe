/** A block of the workspace, as the list of steps names what may be placed. */
export interface PlacedBlock {
  slug: string;
  version: number;
  name: string;
}

const MARK = "module:";

/** What stands for the block wherever a kind of step is chosen, dragged or inserted. */
export function blockKind({ slug, version, name }: PlacedBlock): string {
  return `${MARK}${slug}@${version}:${name}`;
}

/** The block behind such a name; null for plain kinds. */
export function readBlockKind(kind: string): PlacedBlock | null {
  const match = /^module:([a-z0-9-]+)@(\d+):(.*)$/s.exec(kind);
  return match === null ? null : { slug: match[1]!, version: Number(match[2]), name: match[3]! };
}
