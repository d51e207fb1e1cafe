import { ArrangementMemory, ROW_GAP } from "@/components/canvas/automatic-boxes";
import { kindShapes } from "@/components/canvas/catalog";
import { boundsOf, type Box, type Point, type Size } from "@/components/canvas/geometry";
import { ancestorsOf } from "@/components/canvas/graph-index";
import { layOut, STEP } from "@/components/canvas/layout";
import { readGraph } from "@/components/canvas/read-graph";
import { freeBox } from "@/components/canvas/separate";
import { slotKey, type Draft, type DraftNode } from "./draft";
import { setPositions } from "./move-nodes";

const memory = new ArrangementMemory();
const MARGIN = 16;

/** Boxes of the nodes of a slot as they are drawn when its frame is open, relative to the slot. */
export function boxesIn(draft: Draft, key: string): Map<string, Box> {
  const graph = readGraph(draft);
  const members = draft.nodes.filter((node) => slotKey(node.parent) === key).map(({ id }) => id);
  const around = new Set(members[0] === undefined ? [] : ancestorsOf(members[0], graph));
  const layout = layOut(graph, { shapes: kindShapes, memory, isCollapsed: (node) => node.isCollapsed && !around.has(node.id) });
  return new Map(members.flatMap((id) => (layout.nodes.has(id) ? [[id, layout.nodes.get(id)!] as const] : [])));
}

/** Gives every node of a slot the place where it is drawn. */
export function settle(draft: Draft, key: string): Draft {
  return setPositions(draft, boxesIn(draft, key));
}

export function sizeOf(node: DraftNode): Size {
  const { parent: _parent, position: _position, ...alone } = node;
  const { nodes } = layOut(readGraph({ nodes: [alone], edges: [] }), { shapes: kindShapes });
  return nodes.get(node.id) ?? STEP;
}

/** The wanted place, or the nearest one to its right or below that keeps clear of the others. */
export function clearSpot(wanted: Box, others: Iterable<Box>): Point {
  const roomy: Box = { x: wanted.x - MARGIN, y: wanted.y - MARGIN, width: wanted.width + 2 * MARGIN, height: wanted.height + 2 * MARGIN };
  const { x, y } = freeBox(roomy, [...others]);
  return { x: Math.round(x + MARGIN), y: Math.round(y + MARGIN) };
}

/** Below a box and centred to it. */
export function spotBelow(box: Box, size: Size): Box {
  return { ...size, x: Math.round(box.x + (box.width - size.width) / 2), y: box.y + box.height + ROW_GAP };
}

/** Below everything. */
export function spotAtEnd(boxes: readonly Box[], size: Size): Box {
  const bounds = boundsOf(boxes) ?? { x: 0, y: -ROW_GAP, width: 0, height: 0 };
  return { ...size, x: bounds.x, y: bounds.y + bounds.height + ROW_GAP };
}

export interface Room {
  draft: Draft;
  spot: Point;
}

/** Makes room of a size between two nodes of an arranged slot: what lies below the first goes further down, as far as it must. */
export function roomBetween(draft: Draft, [from, to]: readonly [DraftNode, DraftNode | undefined], size: Size): Room {
  const key = slotKey(from.parent);
  const boxes = boxesIn(draft, key);
  const settled = setPositions(draft, boxes);
  const source = boxes.get(from.id);
  const target = to === undefined ? undefined : boxes.get(to.id);
  if (source === undefined) return { draft: settled, spot: spotAtEnd([...boxes.values()], size) };
  const bottom = source.y + source.height;
  const isBelow = target !== undefined && target.y >= bottom;
  const missing = isBelow ? Math.max(0, size.height + 2 * ROW_GAP - (target.y - bottom)) : 0;
  const shifted = new Map([...boxes].map(([id, box]) => [id, box.y >= bottom ? { ...box, y: box.y + missing } : box]));
  const middle = target === undefined || !isBelow ? source : { ...source, x: (source.x + source.width / 2 + target.x + target.width / 2) / 2 - source.width / 2 };
  return { draft: missing === 0 ? settled : setPositions(settled, shifted), spot: clearSpot(spotBelow(middle, size), shifted.values()) };
}
