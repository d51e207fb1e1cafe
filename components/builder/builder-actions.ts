import { toast } from "@/components/ui/toast";
import { annotationOf, noteNodeId } from "@/components/canvas/flow";
import type { Box, Point, Size } from "@/components/canvas/geometry";
import { separate } from "@/components/canvas/separate";
import type { AnnotationColor } from "@/server/engine/definition";
import type { ActionSource } from "./action-source";
import { align, type Alignment } from "./align-nodes";
import { addAnnotation, carryAnnotations, changeAnnotation, findAnnotation, moveAnnotations, removeAnnotations, resizeAnnotation } from "./annotations";
import { changeNode } from "./change-node";
import { clipboardActions, type ClipboardActions } from "./clipboard-actions";
import { edgeIndexOf } from "./edge-ids";
import { connect, connectionObjection, disconnect, type Connection } from "./connections";
import { findNode, slotKey, type Draft, type DraftEdge } from "./draft";
import { insertNode, type Place } from "./insert-node";
import { moveIntoEdge } from "./move-into-edge";
import { foldContainers, layOutAnew, outermostOf, resizeContainer, setPositions, type Moved } from "./move-nodes";
import { nameOf } from "./places";
import { lostConditions, removeNodes } from "./remove-nodes";
import { boxesIn, settle } from "./spots";
import { lossesOf } from "./told-losses";
import { undoAction } from "./undo-action";

export interface BuilderActions extends ClipboardActions {
  insert: (kind: string, place: Place, prepare?: (draft: Draft) => Draft) => void;
  connect: (connection: Connection) => void;
  remove: () => void;
  removeEdge: (index: number) => void;
  removeNote: (annotation: string) => void;
  toggleDisabled: () => void;
  arrange: () => void;
  selectAll: () => void;
  /** Applies a move and says which connections it cost. */
  move: (edit: (draft: Draft) => Moved) => void;
  /** Takes the selected steps out of where they are and leads an edge through them. */
  moveIntoEdge: (index: number) => void;
  align: (how: Alignment) => void;
  fold: (ids: readonly string[], isCollapsed: boolean) => void;
  /** Collapses what of the selected frames is open, or else opens them. */
  toggleFolded: () => void;
  /** Of a frame or note, as the canvas names it. */
  resize: (nodeId: string, size: Size | undefined) => void;
  /** Answers the id of the new note. */
  addNote: (at: Point) => string | null;
  writeNote: (annotation: string, text: string) => void;
  /** What was typed into a note is an edit now. */
  leaveNote: () => void;
  colorNote: (annotation: string, color: AnnotationColor) => void;
}

/** What people do on the canvas, as edits of the draft. */
export function builderActions(source: ActionSource): BuilderActions {
  const { session, selection, reveal } = source;
  const edit = (label: string, change: (draft: Draft) => Draft, key?: string) => session.apply(label, (draft) => carryAnnotations(draft, change(draft)), key);
  const chosen = (draft: Draft) => selection.nodes.filter((id) => findNode(draft, id) !== undefined);
  const chosenNotes = (draft: Draft) => selection.nodes.flatMap((id) => annotationOf(id) ?? []).filter((id) => findAnnotation(draft, id) !== undefined);
  const fold = (ids: readonly string[], isCollapsed: boolean) => edit(isCollapsed ? "collapse" : "expand", (draft) => foldContainers(draft, ids, isCollapsed));
  const move = (change: (draft: Draft) => Moved) => {
    let removed: DraftEdge[] = [];
    let lost: readonly string[] = [];
    edit("move", (draft) => {
      const moved = change(draft);
      ({ removed, lost = [] } = moved);
      return moved.draft;
    });
    const told = lossesOf(lost);
    if (removed.length > 0) toast(`${removed.length === 1 ? "A connection was" : `${removed.length} connections were`} removed: connections do not cross frames.`, { ...told, action: undoAction(session) });
    else if (lost.length > 0) toast.warning("Moved.", { ...told, action: undoAction(session) });
  };
  return {
    ...clipboardActions({ ...source, edit }),
    insert: (kind, place, prepare = (draft) => draft) => {
      let id: string | null = null;
      edit("add a step", (draft) => {
        const inserted = insertNode(prepare(draft), kind, place);
        id = inserted.id;
        return inserted.draft;
      });
      if (id === null) return;
      selection.select([id]);
      reveal(id);
    },
    connect: (connection) => {
      const { draft } = session.read();
      const objection = draft === null ? null : connectionObjection(draft, connection);
      if (objection !== null) toast.info(objection);
      else edit("connect", (current) => connect(current, connection));
    },
    remove: () => {
      const { draft } = session.read();
      if (draft === null) return;
      const ids = chosen(draft);
      const notes = chosenNotes(draft);
      const indexes = selection.edges.map(edgeIndexOf);
      if (ids.length + notes.length + indexes.length === 0) return;
      const lost = lostConditions(disconnect(draft, indexes), ids);
      edit("delete", (current) => removeAnnotations(removeNodes(disconnect(current, indexes), ids), notes));
      selection.select([]);
      toast(`${whatWas(draft, ids, notes)} deleted.`, { ...lossesOf(lost), action: undoAction(session) });
    },
    removeEdge: (index) => {
      edit("delete", (current) => disconnect(current, [index]));
      selection.select([]);
      toast("The connection was deleted.", { action: undoAction(session) });
    },
    removeNote: (annotation) => {
      edit("delete", (current) => removeAnnotations(current, [annotation]));
      selection.select([]);
      toast("The note was deleted.", { action: undoAction(session) });
    },
    toggleDisabled: () =>
      session.apply("disable", (draft) => {
        const ids = chosen(draft);
        const isOn = ids.some((id) => findNode(draft, id)?.disabled !== true);
        return ids.reduce((current, id) => changeNode(current, id, { disabled: isOn ? true : undefined }), draft);
      }),
    arrange: () => edit("lay out", (draft) => layOutAnew(draft)),
    selectAll: () => {
      const { draft } = session.read();
      selection.select([...(draft?.nodes ?? []).map(({ id }) => id), ...(draft?.annotations ?? []).map(({ id }) => noteNodeId(id))]);
    },
    move,
    moveIntoEdge: (index) => move((draft) => ({ draft: moveIntoEdge(draft, chosen(draft), index), removed: [], lost: lostConditions(draft, chosen(draft)) })),
    align: (how) => edit("align", (draft) => alignIn(draft, outermostOf(draft, chosen(draft)), chosenNotes(draft), how)),
    fold,
    toggleFolded: () => {
      const { draft } = session.read();
      if (draft === null) return;
      const ids = chosen(draft);
      fold(ids, ids.some((id) => findNode(draft, id)?.collapsed !== true));
    },
    resize: (nodeId, size) => {
      const annotation = annotationOf(nodeId);
      const key = `size/${nodeId}`;
      if (annotation === null) edit("resize", (draft) => resizeContainer(draft, nodeId, size), key);
      else if (size !== undefined) edit("resize", (draft) => resizeAnnotation(draft, annotation, size), key);
    },
    addNote: (at) => {
      let added: string | null = null;
      session.apply("add a note", (draft) => {
        const { draft: next, id } = addAnnotation(draft, at);
        added = id;
        return next;
      });
      if (added !== null) selection.select([noteNodeId(added)]);
      return added;
    },
    writeNote: (annotation, text) => session.applySoon("write a note", (draft) => changeAnnotation(draft, annotation, { text }), `note/${annotation}`),
    leaveNote: () => session.flush(),
    colorNote: (annotation, color) => session.apply("colour a note", (draft) => changeAnnotation(draft, annotation, { color })),
  };
}

function whatWas(draft: Draft, ids: readonly string[], notes: readonly string[]): string {
  const [only] = ids;
  if (ids.length + notes.length > 1) return notes.length === 0 ? `${ids.length} steps were` : ids.length === 0 ? `${notes.length} notes were` : `${ids.length + notes.length} things were`;
  if (only !== undefined) return `“${nameOf(draft, only)}” was`;
  return notes.length === 1 ? "The note was" : "The connection was";
}

/** Steps are aligned among those of the same slot; notes lie on the outermost level. */
function alignIn(draft: Draft, ids: readonly string[], notes: readonly string[], how: Alignment): Draft {
  const keys = new Set([...ids.map((id) => slotKey(findNode(draft, id)?.parent)), ...(notes.length > 0 ? [""] : [])]);
  return [...keys].reduce((current, key) => {
    const boxes = new Map<string, Box>([...boxesIn(draft, key)].filter(([id]) => ids.includes(id)));
    if (key === "") {
      for (const id of notes) {
        const note = findAnnotation(draft, id);
        if (note !== undefined) boxes.set(noteNodeId(id), { ...note.position, ...note.size });
      }
    }
    if (boxes.size < 2) return current;
    const places = new Map([...align(boxes, how)].map(([id, place]) => [id, { ...boxes.get(id)!, ...place }]));
    const notePlaces = new Map([...places].flatMap(([id, place]) => (annotationOf(id) === null ? [] : [[annotationOf(id)!, place] as const])));
    // As it is drawn: no step ends on another.
    const stepPlaces = new Map([...separate(new Map([...places].filter(([id]) => annotationOf(id) === null)))].map(([id, { x, y }]) => [id, { x, y }]));
    const settled = boxes.size > notePlaces.size ? setPositions(settle(current, key), stepPlaces) : current;
    return moveAnnotations(settled, notePlaces);
  }, draft);
}
