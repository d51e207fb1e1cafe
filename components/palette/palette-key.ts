type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** ⌘K, and Ctrl-K where there is no ⌘: in text fields of a Mac, Ctrl-K deletes to the end of the line. */
export function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed, isMac: boolean): boolean {
  return key.toLowerCase() === "k" && !altKey && !shiftKey && (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}
