import { noteNodeId } from "@/components/canvas/flow";
import { CATALOG } from "@/server/nodes/catalog";
import { fc } from "@/server/testing/property-runs";
import { align } from "../align-nodes";
import { addAnnotation, carryAnnotations, changeAnnotation, removeAnnotations, resizeAnnotation } from "../annotations";
import { changeCondition, changeNode, renameNode } from "../change-node";
import { copySelection, paste, readClip } from "../clipboard";
import { connect, disconnect } from "../connections";
import { slotsOfNode, type Draft, type DraftNode, type Parent } from "../draft";
import { insertNode } from "../insert-node";
import { moveIntoEdge } from "../move-into-edge";
import { moveJoining } from "../move-joining";
import { foldContainers, layOutAnew, moveInto, resizeContainer, setPositions } from "../move-nodes";
import { removeNodes } from "../remove-nodes";
import { boxesIn, settle } from "../spots";

export type Edit = (draft: Draft) => Draft;

const kind = fc.constantFrom(...Object.keys(CATALOG));
const place = fc.nat(1_000);
const point = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });

const pick = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % Math.max(1, items.length)];
const nodeAt = (draft: Draft, index: number): DraftNode | undefined => pick(draft.nodes, index);

/** Any slot of the draft, or the outermost level. */
function slotAt(draft: Draft, index: number): Parent | undefined {
  const slots = draft.nodes.flatMap((node) => (slotsOfNode(node) ?? []).map((slot) => ({ id: node.id, slot })));
  return pick([undefined, ...slots], index);
}

const onNode = (change: (draft: Draft, node: DraftNode) => Draft, index: number): Edit => (draft) => {
  const node = nodeAt(draft, index);
  return node === undefined ? draft : change(draft, node);
};

/** Lets the condition of an edge read some step. */
const conditionAt = (edge: number, other: number): Edit => (draft) => changeCondition(draft, edge % Math.max(1, draft.edges.length), `{{ steps.${nodeAt(draft, other)?.id ?? "x"}.output }}`);

const inserting: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(kind, place, fc.option(point, { nil: undefined })).map(([name, slot, position]): Edit => (draft) => insertNode(draft, name, { at: "free", parent: slotAt(draft, slot), position }).draft),
  fc.tuple(kind, place).map(([name, index]): Edit => onNode((draft, node) => insertNode(draft, name, { at: "port", from: node.id, port: "out" }).draft, index)),
  fc.tuple(kind, place).map(([name, index]): Edit => (draft) => insertNode(draft, name, { at: "edge", index: index % Math.max(1, draft.edges.length) }).draft),
);

const changing: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, place).map(([from, to]): Edit => (draft) => connect(draft, { from: nodeAt(draft, from)?.id ?? "", port: "out", to: nodeAt(draft, to)?.id ?? "" })),
  place.map((index): Edit => (draft) => disconnect(draft, [index % Math.max(1, draft.edges.length)])),
  fc.tuple(place, point).map(([index, at]): Edit => onNode((draft, node) => setPositions(draft, new Map([[node.id, at]])), index)),
  fc.tuple(fc.array(place, { minLength: 1, maxLength: 4 }), place).map(([some, slot]): Edit => (draft) => moveInto(draft, some.flatMap((index) => nodeAt(draft, index)?.id ?? []), slotAt(draft, slot)).draft),
  fc.tuple(place, place).map(([index, other]): Edit => onNode((draft, node) => changeNode(draft, node.id, { skipIf: `{{ steps.${nodeAt(draft, other)?.id ?? "x"}.output }}` }), index)),
  fc.tuple(place, place).map(([edge, other]) => conditionAt(edge, other)),
  fc.tuple(place, fc.constantFrom("fetch", "a", "else", "the-step", "constructor", "9")).map(([index, id]): Edit => onNode((draft, node) => renameNode(draft, node.id, id), index)),
  fc.tuple(place, fc.integer({ min: -5, max: 900 })).map(([index, size]): Edit => onNode((draft, node) => resizeContainer(draft, node.id, { width: size, height: size }), index)),
  fc.constant((draft: Draft) => layOutAnew(draft)),
);

const someIds = (draft: Draft, some: readonly number[]) => some.flatMap((index) => nodeAt(draft, index)?.id ?? []);
const onNote = (change: (draft: Draft, id: string) => Draft, index: number): Edit => (draft) => {
  const note = pick(draft.annotations ?? [], index);
  return note === undefined ? draft : change(draft, note.id);
};

const arranging: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.array(place, { minLength: 1, maxLength: 3 }), place).map(([some, edge]): Edit => (draft) => moveIntoEdge(draft, someIds(draft, some), edge % Math.max(1, draft.edges.length))),
  fc.tuple(fc.array(place, { minLength: 1, maxLength: 3 }), place).map(([some, slot]): Edit => (draft) => moveJoining(draft, someIds(draft, some), slotAt(draft, slot)).draft),
  fc.tuple(fc.array(place, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([some, isCollapsed]): Edit => (draft) => foldContainers(draft, someIds(draft, some), isCollapsed)),
  fc.constantFrom("left", "middle", "columns", "rows" as const).map((how): Edit => (draft) => setPositions(settle(draft, ""), align(boxesIn(draft, ""), how))),
  point.map((at): Edit => (draft) => addAnnotation(draft, at).draft),
  fc.tuple(place, fc.string()).map(([index, text]): Edit => onNote((draft, id) => changeAnnotation(draft, id, { text }), index)),
  fc.tuple(place, fc.integer({ min: -5, max: 900 })).map(([index, size]): Edit => onNote((draft, id) => resizeAnnotation(draft, id, { width: size, height: size }), index)),
  place.map((index): Edit => onNote((draft, id) => removeAnnotations(draft, [id]), index)),
);

const removing = fc.array(place, { minLength: 1, maxLength: 3 }).map((some): Edit => (draft) => removeNodes(draft, some.flatMap((index) => nodeAt(draft, index)?.id ?? [])));

const pasting = fc.tuple(fc.array(place, { minLength: 1, maxLength: 4 }), place).map(([some, slot]): Edit => (draft) => {
  const notes = (draft.annotations ?? []).slice(0, 1).map(({ id }) => noteNodeId(id));
  const clip = readClip(copySelection(draft, [...someIds(draft, some), ...notes], "here"));
  return clip === null ? draft : paste(draft, clip, { source: "here", parent: slotAt(draft, slot) }).draft;
});

/** As the canvas makes them: notes go along. */
export const anyEdit: fc.Arbitrary<Edit> = fc
  .oneof({ weight: 4, arbitrary: inserting }, { weight: 4, arbitrary: changing }, { weight: 4, arbitrary: arranging }, { weight: 1, arbitrary: removing }, { weight: 2, arbitrary: pasting })
  .map((edit): Edit => (draft) => carryAnnotations(draft, edit(draft)));
export const anyEdits = fc.array(anyEdit, { minLength: 1, maxLength: 40 });

export const EMPTY: Draft = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };

/** What edits make of it, with a condition on every edge. */
export const anyConditionalDraft: fc.Arbitrary<Draft> = fc.tuple(anyEdits, place).map(([edits, seed]) => {
  const draft = edits.reduce((current, edit) => edit(current), EMPTY);
  return draft.edges.reduce((current, _, index) => conditionAt(index, seed + 7 * index)(current), draft);
});

/** The nodes at these places, and both ends of the edges there. */
export function someOf(draft: Draft, some: readonly number[]): string[] {
  const ends = some.flatMap((index) => pick(draft.edges, index) ?? []).flatMap(({ from, to }) => [from, to]);
  return [...new Set([...someIds(draft, some), ...ends])];
}
