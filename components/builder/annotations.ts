import { NOTE_LEAST } from "@/components/canvas/note-least";
import type { Box, Point, Size } from "@/components/canvas/geometry";
import { freshId, type Draft } from "./draft";
import { boxesIn } from "./spots";

export type DraftAnnotation = NonNullable<Draft["annotations"]>[number];
export type AnnotationPatch = Partial<Omit<DraftAnnotation, "id">>;

export const NEW_NOTE: Size = { width: 220, height: 120 };

export function findAnnotation(draft: Draft, id: string): DraftAnnotation | undefined {
  return draft.annotations?.find((annotation) => annotation.id === id);
}

export function annotationIds(draft: Draft): Set<string> {
  return new Set((draft.annotations ?? []).map(({ id }) => id));
}

/** A new note with its corner at a point. */
export function addAnnotation(draft: Draft, at: Point): { draft: Draft; id: string } {
  const id = freshId("note", annotationIds(draft));
  const note: DraftAnnotation = { id, text: "", position: rounded(at), size: NEW_NOTE };
  return { draft: { ...draft, annotations: [...(draft.annotations ?? []), note] }, id };
}

export function changeAnnotation(draft: Draft, id: string, patch: AnnotationPatch): Draft {
  if (findAnnotation(draft, id) === undefined) return draft;
  return { ...draft, annotations: draft.annotations?.map((annotation) => (annotation.id === id ? { ...annotation, ...patch } : annotation)) };
}

export function resizeAnnotation(draft: Draft, id: string, { width, height }: Size): Draft {
  return changeAnnotation(draft, id, { size: { width: Math.max(NOTE_LEAST.width, Math.round(width)), height: Math.max(NOTE_LEAST.height, Math.round(height)) } });
}

export function moveAnnotations(draft: Draft, positions: ReadonlyMap<string, Point>): Draft {
  return [...positions].reduce((current, [id, position]) => changeAnnotation(current, id, { position: rounded(position) }), draft);
}

/** The last one takes the list with it. */
export function removeAnnotations(draft: Draft, ids: readonly string[]): Draft {
  if (!ids.some((id) => findAnnotation(draft, id) !== undefined)) return draft;
  return withAnnotations(draft, (draft.annotations ?? []).filter(({ id }) => !ids.includes(id)));
}

export function withAnnotations(draft: Draft, annotations: readonly DraftAnnotation[]): Draft {
  const { annotations: _annotations, ...rest } = draft;
  return annotations.length === 0 ? rest : { ...rest, annotations: [...annotations] };
}

/** After an edit that moved steps: a note goes along with the step that it lies nearest to. */
export function carryAnnotations(before: Draft, after: Draft): Draft {
  if (after === before || after.annotations === undefined || before.annotations === undefined) return after;
  const was = boxesIn(before, "");
  const is = boxesIn(after, "");
  const staying = new Set(before.annotations);
  const carried = after.annotations.map((annotation) => {
    if (!staying.has(annotation)) return annotation;
    const nearest = nearestTo({ ...annotation.position, ...annotation.size }, was, is);
    const [from, to] = [was.get(nearest ?? ""), is.get(nearest ?? "")];
    if (from === undefined || to === undefined || (from.x === to.x && from.y === to.y)) return annotation;
    return { ...annotation, position: rounded({ x: annotation.position.x + to.x - from.x, y: annotation.position.y + to.y - from.y }) };
  });
  return carried.every((annotation, index) => annotation === after.annotations?.[index]) ? after : { ...after, annotations: carried };
}

function nearestTo(box: Box, was: ReadonlyMap<string, Box>, is: ReadonlyMap<string, Box>): string | undefined {
  const distance = (other: Box) => Math.hypot(other.x + other.width / 2 - box.x - box.width / 2, other.y + other.height / 2 - box.y - box.height / 2);
  return [...was].filter(([id]) => is.has(id)).toSorted(([, one], [, other]) => distance(one) - distance(other))[0]?.[0];
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
