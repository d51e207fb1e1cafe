/** A step of a definition in whatever shape it is, and where it stands. */
export function findNode(definition: Record<string, unknown>, id: string | null): { content: Record<string, unknown>; index: number } | null {
  const nodes: unknown[] = Array.isArray(definition.nodes) ? definition.nodes : [];
  const index = nodes.findIndex((entry) => typeof entry === "object" && entry !== null && "id" in entry && entry.id === id);
  return index === -1 ? null : { content: nodes[index] as Record<string, unknown>, index };
}
