import { slotsOfNode, type Draft } from "./draft";

/** The step that a way leads to: along the first connection, else into the frame or out of it. Null: there is none. */
export function stepAlong(draft: Draft, from: string | null, way: "next" | "previous"): string | null {
  const node = draft.nodes.find(({ id }) => id === from);
  if (node === undefined) return null;
  const isNext = way === "next";
  const inside = draft.nodes.filter(({ parent }) => parent?.id === node.id);
  // Into a frame, before what comes after it.
  if (isNext && slotsOfNode(node) !== null) {
    const first = inside.find(({ id }) => !draft.edges.some(({ to }) => to === id)) ?? inside[0];
    if (first !== undefined) return first.id;
  }
  for (let at = node; ; ) {
    const edge = draft.edges.find(({ from: source, to }) => (isNext ? source : to) === at.id);
    if (edge !== undefined) return isNext ? edge.to : edge.from;
    const holder = draft.nodes.find(({ id }) => id === at.parent?.id);
    if (holder === undefined) return null;
    if (!isNext) return holder.id;
    at = holder;
  }
}
