"use client";

import { useEffect, useEffectEvent } from "react";

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1 };
/** Carried by what the keys lead to. */
export const ANSWER_FORM_ID = "answer-form";

/** J and K go through a list, Enter on the page goes to the form; keys of fields, menus and dialogs stay theirs. */
export function useListKeys({ move }: { move: (step: 1 | -1) => void }): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (event.defaultPrevented || ctrlKey || metaKey || altKey || !(target instanceof Element)) return;
    if (target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="combobox"], [role="listbox"]') !== null) return;
    const step = STEPS[key.toLowerCase()];
    if (step !== undefined) {
      event.preventDefault();
      move(step);
    } else if (key === "Enter" && target.closest("a, button, summary") === null) {
      document.querySelector<HTMLElement>(`#${ANSWER_FORM_ID} :is(input, textarea, button)`)?.focus();
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
