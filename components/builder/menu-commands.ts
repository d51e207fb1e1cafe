import { ArrowRightLeft, BringToFront, ChevronsDownUp, CirclePower, ClipboardPaste, Copy, CopyPlus, LayoutDashboard, Maximize, PencilLine, Plus, Scissors, Spline, SquareArrowOutUpRight, StickyNote, Trash2, type LucideIcon } from "lucide-react";
import { annotationOf } from "@/components/canvas/flow";
import { calledBy } from "@/components/workflows/called-by";
import { findNode, isTrigger, slotsOfNode, type Draft } from "./draft";
import { SHORTCUTS, textOfShortcut, type Command } from "./shortcuts";

export interface MenuEntry {
  command: Command;
  label: string;
  icon: LucideIcon;
  keys: string | null;
}

/** What can be done with what is selected, group by group; with nothing selected, with the whole canvas. */
export function menuFor(draft: Draft, nodes: readonly string[], edges: readonly string[]): MenuEntry[][] {
  const steps = nodes.flatMap((id) => findNode(draft, id) ?? []);
  const notes = nodes.filter((id) => annotationOf(id) !== null);
  const paste = entry("paste", "Paste", ClipboardPaste, "Mod V");
  if (steps.length + notes.length === 0) {
    if (edges.length > 0) return [[entry("add", "Insert a step", Plus), paste], [entry("remove", edges.length === 1 ? "Delete the connection" : "Delete the connections", Trash2)]];
    return [
      [entry("add", "Add a step", Plus), entry("note", "Add a note", StickyNote), paste],
      [entry("selectAll", "Select everything", BringToFront), entry("arrange", "Lay out anew", LayoutDashboard), entry("fit", "Show everything", Maximize)],
    ];
  }
  const isSingle = nodes.length === 1;
  const called = isSingle && steps[0] !== undefined ? calledBy(steps[0].kind, steps[0].config) : null;
  const own = [
    isSingle && entry("rename", steps.length === 1 ? "Rename" : "Write", PencilLine),
    called !== null && entry("open", called.kind === "block" ? "Open the block" : "Open the workflow", SquareArrowOutUpRight),
    steps.length > 0 && entry("connect", steps.length === 2 ? "Connect with each other" : "Connect to …", Spline),
    steps.some(({ kind }) => !isTrigger(kind)) && entry("move", "Move to …", ArrowRightLeft),
    steps.length > 0 && entry("disable", steps.some(({ disabled }) => disabled !== true) ? "Disable" : "Enable", CirclePower),
    steps.some((node) => slotsOfNode(node) !== null) && entry("fold", "Collapse or expand", ChevronsDownUp),
  ].filter((one) => one !== false);
  return [
    own,
    [entry("duplicate", "Duplicate", CopyPlus), entry("copy", "Copy", Copy, "Mod C"), entry("cut", "Cut", Scissors, "Mod X"), paste],
    [entry("remove", steps.length > 0 ? "Delete and connect the rest" : "Delete", Trash2)],
  ].filter((group) => group.length > 0);
}

function entry(command: Command, label: string, icon: LucideIcon, keys?: string): MenuEntry {
  const shortcut = SHORTCUTS.find((one) => one.command === command);
  return { command, label, icon, keys: keys ?? (shortcut === undefined ? null : textOfShortcut({ ...shortcut, keys: shortcut.keys.slice(0, 1) })) };
}
