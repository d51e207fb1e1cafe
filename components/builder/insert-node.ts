import { readBlockKind } from "./block-kind";
import { connect } from "./connections";
import { findNode, freshId, idsOf, isArranged, isTrigger, slotKey, slotsOfNode, type Draft, type DraftNode, type Parent, type Point } from "./draft";
import { splice } from "./splice";
import { boxesIn, clearSpot, roomBetween, settle, sizeOf, spotAtEnd, spotBelow } from "./spots";
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

/** From one that follows a node to the next one beside it. */
const COLUMN = 268;

export function insertNode(draft: Draft, kind: string, place: Place): Inserted {
  const block = readBlockKind(kind);
  const node: DraftNode =
    block === null
      ? { id: freshId(kind, idsOf(draft)), kind, name: newNodeName(kind), config: starterConfig(kind) }
      : { id: freshId(idOfBlock(block.slug), idsOf(draft)), kind: "module", name: block.name, config: { module: block.slug, version: block.version } };
  if (place.at === "free" || isTrigger(kind)) return insertFree(draft, node, place.at === "free" ? place : {});
  if (place.at === "port") return insertAfter(draft, node, place.from, place.port);
  return insertIntoEdge(draft, node, place.index);
}

/** Ids are read in expressions: no hyphens, and no digit first. */
function idOfBlock(slug: string): string {
  const words = slug.split("-").filter(Boolean);
  const joined = words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
  return /^[a-z]/.test(joined) ? joined : `block${joined}`;
}

function insertFree(draft: Draft, node: DraftNode, { parent, position }: { parent?: Parent; position?: Point }): Inserted {
  const isHeld = parent !== undefined && !isTrigger(node.kind) && holds(draft, parent);
  const place = isHeld ? parent : undefined;
  const key = slotKey(place);
  const held: DraftNode = { ...node, ...(place === undefined ? {} : { parent: place }) };
  if (position === undefined && !isArranged(draft, key)) return added(draft, held);
  const others = [...boxesIn(draft, key).values()];
  const size = sizeOf(node);
  return added(position === undefined ? settle(draft, key) : draft, { ...held, position: clearSpot(position === undefined ? spotAtEnd(others, size) : { ...position, ...size }, others) });
}

function insertAfter(draft: Draft, node: DraftNode, from: string, port: string): Inserted {
  const source = findNode(draft, from);
  if (source === undefined) return insertFree(draft, node, {});
  const { draft: next, id } = added(...placedAfter(draft, { ...node, ...within(source) }, source));
  return { draft: connect(next, { from, port, to: id }), id };
}

/** Only an arranged slot needs a place; any other is laid out anew. */
function placedAfter(draft: Draft, node: DraftNode, source: DraftNode): [Draft, DraftNode] {
  const key = slotKey(source.parent);
  if (!isArranged(draft, key)) return [draft, node];
  const boxes = boxesIn(draft, key);
  const below = spotBelow(boxes.get(source.id)!, sizeOf(node));
  const column = draft.edges.filter((edge) => edge.from === source.id).length;
  return [settle(draft, key), { ...node, position: clearSpot({ ...below, x: below.x + column * COLUMN }, boxes.values()) }];
}

function insertIntoEdge(draft: Draft, node: DraftNode, index: number): Inserted {
  const edge = draft.edges[index];
  const source = edge === undefined ? undefined : findNode(draft, edge.from);
  if (edge === undefined || source === undefined) return insertFree(draft, node, {});
  const held = { ...node, ...within(source) };
  const room = isArranged(draft, slotKey(source.parent)) ? roomBetween(draft, [source, findNode(draft, edge.to)], sizeOf(node)) : { draft, spot: undefined };
  const { draft: next, id } = added(room.draft, { ...held, ...(room.spot === undefined ? {} : { position: room.spot }) });
  return { draft: splice(next, edge, [id]), id };
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
