import type { EditSession } from "./edit-session";
import type { Selection } from "./use-selection";

export interface ActionSource {
  session: EditSession;
  selection: Selection;
  workflowId: string;
  /** Shows a node that has just come, or that was looked for. */
  reveal: (id: string) => void;
}
