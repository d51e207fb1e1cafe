/** How a step looks is nothing that a run could differ by. */
const LOOKS = new Set(["position", "size", "collapsed"]);

/** A step as its version defines it, as text whose order says nothing; null: the version has no such step. */
export function nodeText(definition: Record<string, unknown>, nodeId: string): string | null {
  return nodeTexts(definition).get(nodeId) ?? null;
}

/** All steps of a version, by id. */
export function nodeTexts({ nodes }: Record<string, unknown>): ReadonlyMap<string, string> {
  return new Map((Array.isArray(nodes) ? (nodes as unknown[]) : []).flatMap((node) => (isNode(node) ? [[node.id, textOf(node)] as const] : [])));
}

function isNode(node: unknown): node is { id: string } {
  return typeof node === "object" && node !== null && "id" in node && typeof node.id === "string";
}

function textOf(node: object): string {
  return JSON.stringify(sorted(Object.fromEntries(Object.entries(node).filter(([name]) => !LOOKS.has(name)))), null, 2);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
