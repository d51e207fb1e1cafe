import type { Alignment } from "./align-nodes";

export type Command =
  | "add" | "remove" | "duplicate" | "undo" | "redo" | "selectAll" | "toggle" | "clear" | "find" | "next" | "previous" | "arrange" | "help" | "save" | "disable" | "rename"
  | "open"
  | "testStep" | "testTo" | "testAll" | "pin"
  | "copy" | "cut" | "paste"
  | "connect" | "move" | "fold" | "resize" | "note" | "fit" | "fitSelection" | "zoomIn" | "zoomOut" | "actualSize" | "selectArea" | "viewLeft" | "viewRight" | "viewUp" | "viewDown"
  | `align:${Alignment}`;

export interface Shortcut {
  command: Command;
  /** As `KeyboardEvent.key`, lower case. */
  keys: readonly string[];
  mod?: boolean;
  shift?: boolean;
  label: string;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: readonly Shortcut[];
  /** What the browser and the canvas do by themselves. */
  more?: readonly { keys: string; label: string }[];
}

export const SHORTCUT_GROUPS: readonly ShortcutGroup[] = [
  {
    title: "Steps",
    shortcuts: [
      { command: "add", keys: ["a"], label: "Add a step after what is selected, or into the middle of the selected connection" },
      { command: "connect", keys: ["c"], label: "Connect the selected step to another; two selected ones with each other" },
      { command: "move", keys: ["m"], label: "Move the selected steps elsewhere, with what they are connected to joined up" },
      { command: "rename", keys: ["f2"], label: "Rename the selected step, write the selected note" },
      { command: "open", keys: ["o"], label: "Open the workflow that the selected step starts, or its block" },
      { command: "remove", keys: ["delete", "backspace"], label: "Delete what is selected and connect the rest" },
      { command: "duplicate", keys: ["d"], mod: true, label: "Duplicate" },
      { command: "disable", keys: ["x"], label: "Disable or enable the selected steps" },
      { command: "fold", keys: ["e"], label: "Collapse or expand the selected frames" },
      { command: "resize", keys: ["r"], label: "Resize the selected frame or note: arrow keys, then Enter; Delete fits a frame to what it holds" },
      { command: "note", keys: ["n"], label: "Stick a note on the canvas" },
      { command: "undo", keys: ["z"], mod: true, label: "Undo" },
      { command: "redo", keys: ["z"], mod: true, shift: true, label: "Redo" },
      { command: "redo", keys: ["y"], mod: true, label: "Redo" },
      { command: "save", keys: ["s"], mod: true, label: "Save now" },
    ],
    more: [{ keys: "Mod C, Mod X, Mod V", label: "Copy, cut and paste, also into another workflow or into the selected connection" }],
  },
  {
    title: "Testing",
    shortcuts: [
      { command: "testAll", keys: ["enter"], mod: true, label: "Test the whole draft" },
      { command: "testStep", keys: ["t"], label: "Test the selected step alone" },
      { command: "testTo", keys: ["t"], shift: true, label: "Run up to the selected step" },
      { command: "pin", keys: ["p"], label: "Pin the output of the selected step, or unpin it" },
    ],
  },
  {
    title: "Selecting",
    shortcuts: [
      { command: "find", keys: ["f"], mod: true, label: "Find a step" },
      { command: "next", keys: ["]"], label: "On to the step that follows; again, to the next of several" },
      { command: "previous", keys: ["["], label: "Back to the step before" },
      { command: "selectAll", keys: ["a"], mod: true, label: "Select everything" },
      { command: "toggle", keys: ["enter"], shift: true, label: "Add the focused step or connection to the selection, or take it away" },
      { command: "selectArea", keys: ["v"], label: "Select several: dragging takes an area, clicking one after another" },
      { command: "clear", keys: ["escape"], label: "Select nothing" },
    ],
    more: [
      { keys: "Tab", label: "Next step or connection" },
      { keys: "Enter", label: "Select the focused step or connection; once more, fill the step in" },
      { keys: "Escape", label: "From the fields of a step back to it on the canvas" },
      { keys: "Shift and drag", label: "Select an area" },
      { keys: "Mod and click", label: "Add to the selection" },
    ],
  },
  {
    title: "Arranging",
    shortcuts: [
      { command: "align:left", keys: ["l"], shift: true, label: "Align left" },
      { command: "align:center", keys: ["c"], shift: true, label: "Align centres" },
      { command: "align:right", keys: ["r"], shift: true, label: "Align right" },
      { command: "align:top", keys: ["u"], shift: true, label: "Align top" },
      { command: "align:middle", keys: ["m"], shift: true, label: "Align middles" },
      { command: "align:bottom", keys: ["b"], shift: true, label: "Align bottom" },
      { command: "align:columns", keys: ["h"], shift: true, label: "Distribute from left to right" },
      { command: "align:rows", keys: ["v"], shift: true, label: "Distribute from top to bottom" },
      { command: "arrange", keys: ["l"], label: "Lay everything out anew" },
    ],
    more: [{ keys: "Arrow keys", label: "Move what is selected; with Shift further" }],
  },
  {
    title: "View",
    shortcuts: [
      { command: "fit", keys: ["f"], label: "Show the whole workflow" },
      { command: "fitSelection", keys: ["f"], shift: true, label: "Show what is selected" },
      { command: "zoomIn", keys: ["+", "="], label: "Zoom in" },
      { command: "zoomOut", keys: ["-"], label: "Zoom out" },
      { command: "actualSize", keys: ["0"], label: "Actual size" },
      { command: "viewLeft", keys: ["arrowleft"], label: "With nothing selected: look further to the left" },
      { command: "viewRight", keys: ["arrowright"], label: "With nothing selected: look further to the right" },
      { command: "viewUp", keys: ["arrowup"], label: "With nothing selected: look further up" },
      { command: "viewDown", keys: ["arrowdown"], label: "With nothing selected: look further down" },
      { command: "help", keys: ["?"], label: "This list" },
    ],
  },
];

export const SHORTCUTS: readonly Shortcut[] = SHORTCUT_GROUPS.flatMap(({ shortcuts }) => shortcuts);

/** Signs lie on other keys on every keyboard, with Shift or without. */
const isSign = (key: string) => key.length === 1 && !/[a-z0-9]/.test(key);

export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): Command | null {
  if (altKey) return null;
  const mod = ctrlKey || metaKey;
  const pressed = key.toLowerCase();
  const found = SHORTCUTS.find(({ keys, ...wanted }) => keys.includes(pressed) && mod === (wanted.mod ?? false) && (isSign(pressed) || shiftKey === (wanted.shift ?? false)));
  return found?.command ?? null;
}

const ARROWS: Readonly<Record<string, string>> = { arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓" };

export function textOfShortcut({ keys, mod = false, shift = false }: Shortcut): string {
  const shown = keys.map((key) => ARROWS[key] ?? (key.length === 1 ? key.toUpperCase() : key[0]!.toUpperCase() + key.slice(1))).join(" or ");
  return [mod ? "Mod" : "", shift ? "Shift" : "", shown].filter(Boolean).join(" ");
}
