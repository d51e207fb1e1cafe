"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import { useWorkspace } from "@/components/shell/workspace-context";
import type { BuilderActions } from "./builder-actions";
import { keepClip } from "./kept-clip";
import { commandOf, type Command } from "./shortcuts";

interface Canvas extends Pick<BuilderActions, "copy" | "paste" | "remove"> {
  /** Enter at the selected step; null where none is selected. */
  open: (() => void) | null;
  /** Arrow keys move it then. */
  hasSelection: boolean;
}

/** Keys and clipboard of the canvas. Single letters act while the focus is on it or nowhere, combinations wherever it is but in a field or a dialog. */
export function useShortcuts(run: (command: Command) => void, { copy, paste, remove, open, hasSelection }: Canvas): void {
  const { user } = useWorkspace();
  /** With the focus nowhere, arrow keys belong to what was clicked last. */
  const wasOnCanvas = useRef(true);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const command = commandOf(event);
    // From the fields as well: the browser would save its page instead.
    if ((isWriting(event.target) && command !== "save") || isCovered()) return;
    if (event.key === "Enter" && open !== null && event.target instanceof Element && event.target.matches(".react-flow__node.selected")) {
      event.preventDefault();
      return open();
    }
    if (command === null || (isPlain(event) && !isOnCanvas(event.target)) || (isArrow(event) && (hasSelection || (!isWithinCanvas(event.target) && !wasOnCanvas.current)))) return;
    event.preventDefault();
    run(command);
  });
  /** Keys that the canvas would take for a plain Enter. */
  const onKeyFirst = useEffectEvent((event: KeyboardEvent) => {
    const command = commandOf(event);
    if ((command !== "testAll" && command !== "toggle") || isBusyElsewhere(event.target)) return;
    if (!(event.target instanceof Element) || !event.target.matches(".react-flow__node, .react-flow__edge")) return;
    event.preventDefault();
    event.stopPropagation();
    run(command);
  });
  const onClipboard = useEffectEvent((event: ClipboardEvent) => {
    if (isBusyElsewhere(event.target) || event.clipboardData === null) return;
    if (event.type === "paste") {
      if (paste(event.clipboardData.getData("text/plain"))) event.preventDefault();
      return;
    }
    // Text that someone marked is what they want to copy.
    const text = window.getSelection()?.isCollapsed === false ? null : copy();
    if (text === null) return;
    event.clipboardData.setData("text/plain", text);
    keepClip(user.id, text);
    event.preventDefault();
    if (event.type === "cut") remove();
  });
  useEffect(() => {
    const pointer = (event: PointerEvent) => (wasOnCanvas.current = isWithinCanvas(event.target));
    window.addEventListener("pointerdown", pointer, true);
    const key = (event: KeyboardEvent) => onKey(event);
    const clipboard = (event: ClipboardEvent) => onClipboard(event);
    const keyFirst = (event: KeyboardEvent) => onKeyFirst(event);
    window.addEventListener("keydown", keyFirst, true);
    window.addEventListener("keydown", key);
    for (const type of ["copy", "cut", "paste"] as const) window.addEventListener(type, clipboard);
    return () => {
      window.removeEventListener("pointerdown", pointer, true);
      window.removeEventListener("keydown", keyFirst, true);
      window.removeEventListener("keydown", key);
      for (const type of ["copy", "cut", "paste"] as const) window.removeEventListener(type, clipboard);
    };
  }, []);
}

/** Panels scroll by them. */
const isArrow = ({ key }: KeyboardEvent) => key.startsWith("Arrow");

/** Keys that mean something else wherever one is: letters, Delete and Backspace. Escape means the same everywhere. */
function isPlain({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return !ctrlKey && !metaKey && key !== "Escape" && key !== "F2";
}

function isOnCanvas(target: EventTarget | null): boolean {
  return !(target instanceof Element) || target === document.body || isWithinCanvas(target);
}

function isWithinCanvas(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".react-flow") !== null;
}

function isCovered(): boolean {
  return document.querySelector('[role="dialog"][data-state="open"], [role="menu"], [role="listbox"][data-state="open"]') !== null;
}

function isBusyElsewhere(target: EventTarget | null): boolean {
  return isWriting(target) || isCovered();
}

/** Asked at every key, of the element alone. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"], [role="tablist"], [role="combobox"]') !== null;
}
