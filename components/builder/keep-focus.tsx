"use client";

import { useLayoutEffect, useRef, type RefObject } from "react";

/** What had the focus, told by its name: the element itself is a new one. */
export interface FocusPlace {
  name: string;
  /** Among those of the same name. */
  index: number;
  selection: readonly [number, number] | null;
}

/** Stands among fields that begin anew together: whoever writes in one goes on in the one that takes its place. */
export function KeepFocus({ keptRef }: { keptRef: RefObject<FocusPlace | null> }) {
  const here = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const around = here.current?.parentElement ?? null;
    if (around === null) return;
    if (keptRef.current !== null) goBack(around, keptRef.current);
    keptRef.current = null;
    return () => {
      const focused = document.activeElement;
      if (focused instanceof HTMLElement && around.contains(focused)) keptRef.current = placeOf(around, focused);
    };
  }, [keptRef]);
  return <span ref={here} hidden />;
}

const FOCUSABLE = "input, textarea, button, [contenteditable=true], [tabindex]";

function placeOf(around: HTMLElement, focused: HTMLElement): FocusPlace {
  const name = nameOf(focused);
  const isText = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement;
  const selection = isText && focused.selectionStart !== null ? ([focused.selectionStart, focused.selectionEnd ?? focused.selectionStart] as const) : null;
  return { name, index: namedAs(around, name).indexOf(focused), selection };
}

function goBack(around: HTMLElement, { name, index, selection }: FocusPlace): void {
  const target = namedAs(around, name)[index];
  if (target === undefined) return;
  target.focus({ preventScroll: true });
  if (selection !== null && (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) target.setSelectionRange(...selection);
}

function namedAs(around: HTMLElement, name: string): HTMLElement[] {
  return [...around.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => nameOf(element) === name);
}

function nameOf(element: HTMLElement): string {
  const labels = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLButtonElement ? [...(element.labels ?? [])] : [];
  return element.getAttribute("aria-label") ?? (labels.map(({ textContent }) => textContent).join(" ") || (element.textContent ?? ""));
}
