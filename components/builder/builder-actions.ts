import { toast } from "sonner";
import { changeNode } from "./change-node";
import { copySelection, paste, readClip } from "./clipboard";
import { connect, connectionObjection, disconnect, type Connection } from "./connections";
import type { Draft, DraftEdge, Parent } from "./draft";
import { findNode, slotsOfNode } from "./draft";
import type { EditSession } from "./edit-session";
import { insertNode, type Place } from "./insert-node";
import { layOutAnew, type Moved } from "./move-nodes";
import { nameOf } from "./places";
import { removeNodes } from "./remove-nodes";
import type { Selection } from "./use-selection";

export interface BuilderActions {
  insert: (kind: string, place: Place, prepare?: (draft: Draft) => Draft) => void;
  connect: (connection: Connection) => void;
  remove: () => void;
  duplicate: () => void;
  /** The selection as a text for the clipboard; null when there is none. */
  copy: () => string | null;
  /** False for a text that is no copied selection. */
  paste: (text: string) => boolean;
  toggleDisabled: () => void;
  arrange: () => void;
  selectAll: () => void;
  /** Applies a move and says which connections it cost. */
  move: (edit: (draft: Draft) => Moved) => void;
}

export interface ActionSource {
  session: EditSession;
  selection: Selection;
  workflowId: string;
  /** Shows a node that has just come, or that was looked for. */
  reveal: (id: string) => void;
}

/** What people do on the canvas, as edits of the draft. */
export function builderActions({ session, selection, workflowId, reveal }: ActionSource): BuilderActions {
  const undo = { label: "Undo", onClick: () => session.undo() };
  const chosen = (draft: Draft) => selection.nodes.filter((id) => findNode(draft, id) !== undefined);
  const takeClip = (text: string, parentOf: (draft: Draft) => Parent | undefined): boolean => {
    const clip = readClip(text);
    if (clip === null) return false;
    let ids: string[] = [];
    let lost: { missing: string }[] = [];
    session.apply("paste", (draft) => {
      const pasted = paste(draft, clip, { source: workflowId, parent: parentOf(draft) });
      ({ ids, lost } = pasted);
      return pasted.draft;
    });
    selection.select(ids);
    if (ids[0] !== undefined) reveal(ids[0]);
    if (lost.length > 0) {
      const names = [...new Set(lost.map(({ missing }) => missing))].join(", ");
      toast.warning(`The pasted steps read ${names}, which did not come along.`, { description: "The problems list names each place." });
    }
    return true;
  };
  return {
    insert: (kind, place, prepare = (draft) => draft) => {
      let id: string | null = null;
      session.apply("add a step", (draft) => {
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
      else session.apply("connect", (current) => connect(current, connection));
    },
    remove: () => {
      const { draft } = session.read();
      if (draft === null) return;
      const ids = chosen(draft);
      const indexes = selection.edges.map(edgeIndexOf);
      if (ids.length === 0 && indexes.length === 0) return;
      const [only] = ids;
      const what = only === undefined ? "The connection was" : ids.length === 1 ? `“${nameOf(draft, only)}” was` : `${ids.length} steps were`;
      session.apply("delete", (current) => removeNodes(disconnect(current, indexes), ids));
      selection.select([]);
      toast(`${what} deleted.`, { action: undo });
    },
    duplicate: () => {
      const { draft } = session.read();
      const text = draft === null ? null : copyOf(draft, chosen(draft), workflowId);
      if (text !== null) takeClip(text, (current) => sharedParent(current, selection.nodes));
    },
    copy: () => {
      const { draft } = session.read();
      return draft === null ? null : copyOf(draft, chosen(draft), workflowId);
    },
    paste: (text) => takeClip(text, (draft) => targetOf(draft, selection.nodes)),
    toggleDisabled: () =>
      session.apply("disable", (draft) => {
        const ids = chosen(draft);
        const isOn = ids.some((id) => findNode(draft, id)?.disabled !== true);
        return ids.reduce((current, id) => changeNode(current, id, { disabled: isOn ? true : undefined }), draft);
      }),
    arrange: () => session.apply("lay out", (draft) => layOutAnew(draft)),
    selectAll: () => selection.select(session.read().draft?.nodes.map(({ id }) => id) ?? []),
    move: (edit) => {
      let removed: DraftEdge[] = [];
      session.apply("move", (draft) => {
        const moved = edit(draft);
        ({ removed } = moved);
        return moved.draft;
      });
      if (removed.length > 0) toast(`${removed.length === 1 ? "A connection was" : `${removed.length} connections were`} removed: connections do not cross frames.`, { action: undo });
    },
  };
}

export function edgeIndexOf(id: string): number {
  return Number(id.slice("edge-".length));
}

function copyOf(draft: Draft, ids: readonly string[], workflowId: string): string | null {
  return ids.length === 0 ? null : copySelection(draft, ids, workflowId);
}

/** Into the one selected frame, else beside what is selected. */
function targetOf(draft: Draft, ids: readonly string[]): Parent | undefined {
  const only = ids.length === 1 ? findNode(draft, ids[0]!) : undefined;
  const slot = only === undefined ? undefined : slotsOfNode(only)?.[0];
  return only !== undefined && slot !== undefined ? { id: only.id, slot } : sharedParent(draft, ids);
}

function sharedParent(draft: Draft, ids: readonly string[]): Parent | undefined {
  const [first] = ids;
  return first === undefined ? undefined : findNode(draft, first)?.parent;
}
