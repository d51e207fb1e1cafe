import { toast } from "@/components/ui/toast";
import { annotationOf } from "@/components/canvas/flow";
import type { ActionSource } from "./action-source";
import { findAnnotation } from "./annotations";
import { copySelection, paste, readClip } from "./clipboard";
import { findNode, slotsOfNode, type Draft, type Parent } from "./draft";
import { moveIntoEdge } from "./move-into-edge";

export interface ClipboardActions {
  duplicate: () => void;
  /** The selection as a text for the clipboard; null when there is none. */
  copy: () => string | null;
  /** False for a text that is no copied selection. */
  paste: (text: string) => boolean;
}

type Edit = (label: string, change: (draft: Draft) => Draft) => void;

/** Copying and pasting of steps and notes. With a connection selected, pasted steps go into its middle. */
export function clipboardActions({ session, selection, workflowId, reveal, edit }: ActionSource & { edit: Edit }): ClipboardActions {
  const copied = (draft: Draft): string | null => {
    const ids = selection.nodes.filter((id) => findNode(draft, id) !== undefined || findAnnotation(draft, annotationOf(id) ?? "") !== undefined);
    return ids.length === 0 ? null : copySelection(draft, ids, workflowId);
  };
  const take = (text: string, targetOf: (draft: Draft) => Target): boolean => {
    const clip = readClip(text);
    if (clip === null) return false;
    let ids: string[] = [];
    let lost: { missing: string }[] = [];
    edit("paste", (draft) => {
      const { parent, edge } = targetOf(draft);
      const pasted = paste(draft, clip, { source: workflowId, parent });
      ({ ids, lost } = pasted);
      return edge === undefined ? pasted.draft : moveIntoEdge(pasted.draft, ids.filter((id) => annotationOf(id) === null), edge);
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
    duplicate: () => {
      const { draft } = session.read();
      const text = draft === null ? null : copied(draft);
      if (text !== null) take(text, (current) => ({ parent: sharedParent(current, selection.nodes) }));
    },
    copy: () => {
      const { draft } = session.read();
      return draft === null ? null : copied(draft);
    },
    paste: (text) => take(text, (draft) => pasteTarget(draft, selection.nodes, selection.edges)),
  };
}

interface Target {
  parent: Parent | undefined;
  /** Index of the edge to go into the middle of. */
  edge?: number;
}

/** Into the one selected edge or frame, else beside what is selected. */
function pasteTarget(draft: Draft, ids: readonly string[], edges: readonly string[]): Target {
  const edge = edges.length === 1 && ids.length === 0 ? Number(edges[0]!.slice("edge-".length)) : undefined;
  const through = edge === undefined ? undefined : draft.edges[edge];
  if (through !== undefined) return { parent: findNode(draft, through.from)?.parent, edge };
  const only = ids.length === 1 ? findNode(draft, ids[0]!) : undefined;
  const slot = only === undefined ? undefined : slotsOfNode(only)?.[0];
  return { parent: only !== undefined && slot !== undefined ? { id: only.id, slot } : sharedParent(draft, ids) };
}

function sharedParent(draft: Draft, ids: readonly string[]): Parent | undefined {
  const [first] = ids;
  return first === undefined ? undefined : findNode(draft, first)?.parent;
}
