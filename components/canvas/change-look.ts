import { MoveDiagonal, Minus, Pencil, Plus, type LucideIcon } from "lucide-react";

/** How two definitions differ at a node or an edge. */
export type Change = "added" | "removed" | "changed" | "moved";

/** Colour and sign, so that neither alone carries the meaning. */
export const CHANGE_LOOK: Readonly<Record<Change, { label: string; icon: LucideIcon; color: string; ring: string }>> = {
  added: { label: "Added", icon: Plus, color: "var(--status-succeeded)", ring: "border-status-succeeded" },
  removed: { label: "Removed", icon: Minus, color: "var(--destructive)", ring: "border-destructive border-dashed opacity-70" },
  changed: { label: "Changed", icon: Pencil, color: "var(--warning)", ring: "border-warning" },
  moved: { label: "Moved", icon: MoveDiagonal, color: "var(--muted-foreground)", ring: "border-input" },
};
