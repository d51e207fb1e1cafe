export type Command =
  | "add" | "remove" | "duplicate" | "undo" | "redo" | "selectAll" | "clear" | "find" | "fit" | "arrange" | "help" | "save" | "disable" | "rename";

export interface Shortcut {
  command: Command;
  /** As `KeyboardEvent.key`, lower case. */
  keys: readonly string[];
  mod?: boolean;
  shift?: boolean;
  label: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "add", keys: ["a"], label: "Add a step after what is selected" },
  { command: "find", keys: ["f"], mod: true, label: "Find a step" },
  { command: "rename", keys: ["f2"], label: "Rename the selected step" },
  { command: "remove", keys: ["delete", "backspace"], label: "Delete what is selected and connect the rest" },
  { command: "duplicate", keys: ["d"], mod: true, label: "Duplicate" },
  { command: "disable", keys: ["x"], label: "Disable or enable the selected steps" },
  { command: "undo", keys: ["z"], mod: true, label: "Undo" },
  { command: "redo", keys: ["z"], mod: true, shift: true, label: "Redo" },
  { command: "redo", keys: ["y"], mod: true, label: "Redo" },
  { command: "selectAll", keys: ["a"], mod: true, label: "Select everything" },
  { command: "clear", keys: ["escape"], label: "Select nothing" },
  { command: "fit", keys: ["f"], label: "Show the whole workflow" },
  { command: "arrange", keys: ["l"], label: "Lay everything out anew" },
  { command: "save", keys: ["s"], mod: true, label: "Save now" },
  { command: "help", keys: ["?"], label: "This list" },
];

/** What the browser and the canvas do by themselves. */
export const MORE_KEYS: readonly { keys: string; label: string }[] = [
  { keys: "Tab", label: "Next step or connection" },
  { keys: "Enter", label: "Select the focused step or connection" },
  { keys: "Arrow keys", label: "Move the selected steps" },
  { keys: "Mod C, Mod X, Mod V", label: "Copy, cut and paste, also into another workflow" },
  { keys: "Shift and drag", label: "Select an area" },
  { keys: "Mod and click", label: "Add to the selection" },
];

export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): Command | null {
  if (altKey) return null;
  const mod = ctrlKey || metaKey;
  const pressed = key.toLowerCase();
  const found = SHORTCUTS.find(({ keys, ...wanted }) => keys.includes(pressed) && mod === (wanted.mod ?? false) && (pressed === "?" || shiftKey === (wanted.shift ?? false)));
  return found?.command ?? null;
}

export function textOfShortcut({ keys, mod = false, shift = false }: Shortcut): string {
  const shown = keys.map((key) => (key.length === 1 ? key.toUpperCase() : key[0]!.toUpperCase() + key.slice(1))).join(" or ");
  return [mod ? "Mod" : "", shift ? "Shift" : "", shown].filter(Boolean).join(" ");
}
