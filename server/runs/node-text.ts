/** How a step looks is nothing that a run could differ by. */
const LOOKS = new Set(["position", "size", "collapsed"]);

/** A step as its version defines it, as text whose order says nothing; null: the version has no such step. */
export function nodeText(definition: Record<string, unknown>, nodeId: string): string | null {
  const nodes: unknown[] = Array.isArray(definition.nodes) ? definition.nodes : [];
  const node = nodes.find((one) => typeof one === "object" && one !== null && "id" in one && one.id === nodeId);
  if (node === undefined) return null;
  return JSON.stringify(sorted(Object.fromEntries(Object.entries(node as object).filter(([name]) => !LOOKS.has(name)))), null, 2);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
