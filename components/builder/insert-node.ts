import { connect, makeEdge } from "./connections";
import { findNode, freshId, idsOf, isArranged, isTrigger, portsOfNode, slotKey, slotsOfNode, type Draft, type DraftNode, type Parent, type Point } from "./draft";
import { newNodeName, starterConfig } from "./starter-config";

/** Where a new node goes. */
export type Place =
  | { at: "free"; parent?: Parent; position?: Point }
  /** Follows a port of a node. */
  | { at: "port"; from: string; port: string }
  /** Into the middle of an edge. */
  | { at: "edge"; index: number };

export interface Inserted {
  draft: Draft;
  id: string;
}

/** Distance from a step to what follows it in an arranged slot. */
const ROW = 126;
const COLUMN = 268;

export function insertNode(draft: Draft, kind: string, place: Place): Inserted {
  const node: DraftNode = { id: freshId(kind, idsOf(draft)), kind, name: newNodeName(kind), config: starterConfig(kind) };
  if (place.at === "free" || isTrigger(kind)) return insertFree(draft, node, place.at === "free" ? place : {});
  if (place.at === "port") return insertAfter(draft, node, place.from, place.port);
  return insertIntoEdge(draft, node, place.index);
}

function insertFree(draft: Draft, node: DraftNode, { parent, position }: { parent?: Parent; position?: Point }): Inserted {
  const isHeld = parent !== undefined && !isTrigger(node.kind) && holds(draft, parent);
  const place = isHeld ? parent : undefined;
  const spot = position ?? (isArranged(draft, slotKey(place)) ? below(draft, slotKey(place)) : undefined);
  return added(draft, { ...node, ...(place === undefined ? {} : { parent: place }), ...(spot === undefined ? {} : { position: spot }) });
}

function insertAfter(draft: Draft, node: DraftNode, from: string, port: string): Inserted {
  const source = findNode(draft, from);
  if (source === undefined) return insertFree(draft, node, {});
  const followers = draft.edges.filter((edge) => edge.from === from);
  const spot = spotAfter(draft, source, followers.length);
  const { draft: next, id } = added(draft, { ...node, ...within(source), ...spot });
  return { draft: connect(next, { from, port, to: id }), id };
}

function insertIntoEdge(draft: Draft, node: DraftNode, index: number): Inserted {
  const edge = draft.edges[index];
  const source = edge === undefined ? undefined : findNode(draft, edge.from);
  if (edge === undefined || source === undefined) return insertFree(draft, node, {});
  const arranged = isArranged(draft, slotKey(source.parent));
  const roomy = arranged ? makeRoom(draft, source) : draft;
  const { draft: next, id } = added(roomy, { ...node, ...within(source), ...spotAfter(roomy, source, 0) });
  const [port] = portsOfNode(node);
  const { to: _to, toPort, ...first } = edge;
  const second = port === undefined ? [] : [{ ...makeEdge({ from: id, port, to: edge.to }), ...(toPort === undefined ? {} : { toPort }) }];
  return { draft: { ...next, edges: next.edges.flatMap((one) => (one === edge ? [{ ...first, to: id }, ...second] : [one])) }, id };
}

function added(draft: Draft, node: DraftNode): Inserted {
  return { draft: { ...draft, nodes: [...draft.nodes, node] }, id: node.id };
}

function holds(draft: Draft, parent: Parent): boolean {
  const container = findNode(draft, parent.id);
  return container !== undefined && (slotsOfNode(container)?.includes(parent.slot) ?? false);
}

function within(source: DraftNode): Pick<DraftNode, "parent"> {
  return source.parent === undefined ? {} : { parent: source.parent };
}

/** Only an arranged slot needs a spot; any other is laid out anew. */
function spotAfter(draft: Draft, source: DraftNode, column: number): Pick<DraftNode, "position"> {
  if (!isArranged(draft, slotKey(source.parent)) || source.position === undefined) return {};
  const { x, y } = source.position;
  return { position: freeSpot(draft, slotKey(source.parent), { x: x + column * COLUMN, y: y + ROW }) };
}

function below(draft: Draft, key: string): Point {
  const spots = draft.nodes.filter((node) => slotKey(node.parent) === key).flatMap(({ position }) => position ?? []);
  return { x: Math.min(...spots.map(({ x }) => x)), y: Math.max(...spots.map(({ y }) => y)) + ROW };
}

/** Moves what lies below a node one row down. */
function makeRoom(draft: Draft, source: DraftNode): Draft {
  const key = slotKey(source.parent);
  const top = source.position?.y ?? 0;
  const shift = (node: DraftNode): DraftNode =>
    node.position !== undefined && slotKey(node.parent) === key && node.position.y > top ? { ...node, position: { ...node.position, y: node.position.y + ROW } } : node;
  return { ...draft, nodes: draft.nodes.map(shift) };
}

/** The wanted spot, or the next one to its right where no other node lies. */
function freeSpot(draft: Draft, key: string, wanted: Point): Point {
  const others = draft.nodes.filter((node) => slotKey(node.parent) === key).flatMap(({ position }) => position ?? []);
  const isTaken = (spot: Point) => others.some(({ x, y }) => Math.abs(x - spot.x) < COLUMN - 40 && Math.abs(y - spot.y) < ROW / 2);
  let spot = wanted;
  while (isTaken(spot)) spot = { ...spot, x: spot.x + COLUMN };
  return spot;
}
