/** What the canvas calls an edge: by its place in the draft. */
export function edgeId(index: number): string {
  return `edge-${index}`;
}

export function edgeIndexOf(id: string): number {
  return Number(id.slice("edge-".length));
}
