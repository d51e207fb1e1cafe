import type { Change } from "@/components/canvas/change-look";
import type { CanvasMarks, NodeMark } from "@/components/canvas/marks";
import { edgesByKey, nodesById } from "@/components/workflows/merge/conflict";
import type { Draft, DraftNode } from "@/components/builder/draft";
import { normalize, type DefinitionDiff } from "./diff-definitions";

export interface DiffDrawing {
  /** The second definition with what it no longer has. */
  document: Draft;
  marks: CanvasMarks;
}

/** Both definitions as one drawing, with every change marked. */
export function drawDiff(first: unknown, second: unknown, diff: DefinitionDiff): DiffDrawing | null {
  const [before, after] = [normalize(first), normalize(second)];
  if (before === null || after === null) return null;
  const now = nodesById(after);
  const removed = before.nodes.filter(({ id }) => !now.has(id));
  const [oldEdges, newEdges] = [edgesByKey(before), edgesByKey(after)];
  const goneEdges = [...oldEdges].filter(([key]) => !newEdges.has(key)).map(([, edge]) => edge);
  const document: Draft = { ...after, nodes: [...after.nodes, ...removed.map((node) => aside(node, after))], edges: [...after.edges, ...goneEdges] };
  const marks = new Map<string, NodeMark>(diff.nodes.map(({ id, kind }) => [id, { change: kind }]));
  const changes = new Map<string, Change>(diff.edges.map(({ key, kind }) => [key, kind]));
  const edgeChanges = new Map<string, Change>();
  [...newEdges.keys()].forEach((key, index) => {
    const change = changes.get(key);
    if (change !== undefined) edgeChanges.set(`edge-${index}`, change);
  });
  goneEdges.forEach((_edge, index) => edgeChanges.set(`edge-${after.edges.length + index}`, "removed"));
  return { document, marks: { marks, isRun: false, edgeChanges } };
}

const COLUMN = 268;

/** A removed step lies beside whatever took its place. */
function aside(node: DraftNode, after: Draft): DraftNode {
  const { position } = node;
  if (position === undefined || (position.x === 0 && position.y === 0)) return node;
  const isTaken = (x: number) => after.nodes.some((other) => other.parent?.id === node.parent?.id && other.position !== undefined && Math.abs(other.position.x - x) < 200 && Math.abs(other.position.y - position.y) < 60);
  let { x } = position;
  while (isTaken(x)) x += COLUMN;
  return { ...node, position: { x, y: position.y } };
}
