"use client";

import { useSearchParams } from "next/navigation";
import { useEffect, useEffectEvent, type RefObject } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { nodeSchema } from "@/server/engine/definition";

const FOCUSABLE = "input:not([type=hidden]), textarea, [contenteditable=true], [role=combobox], [role=switch], [role=checkbox]";
/** Editors come as they are loaded. */
const PATIENCE_MILLISECONDS = 10_000;

/** Takes the cursor to the field that the address names, once: a pointer into the config, or a setting such as `skipIf`. */
export function useFieldFocus(panel: RefObject<HTMLElement | null>, onTab: (tab: string) => void): void {
  const field = useSearchParams().get("field");
  const { change } = useUrlState();
  const show = useEffectEvent(onTab);
  const isFound = useEffectEvent((pointer: string) => {
    const target = panel.current === null ? null : fieldIn(panel.current, pointer);
    if (target === null) return false;
    target.scrollIntoView({ block: "center" });
    target.focus();
    change({ field: null });
    return true;
  });
  useEffect(() => {
    if (field === null) return;
    const pointer = field.startsWith("/") ? field : `/${field}`;
    show(Object.hasOwn(nodeSchema.shape, pointer.split("/")[1] ?? "") ? "settings" : "setup");
    if (isFound(pointer)) return;
    const observer = new MutationObserver(() => void (isFound(pointer) && observer.disconnect()));
    observer.observe(document.body, { childList: true, subtree: true });
    const timer = setTimeout(() => observer.disconnect(), PATIENCE_MILLISECONDS);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [field]);
}

/** Of the innermost field around the pointer that the form shows: what one writes into. Null while that is still being loaded. */
function fieldIn(panel: HTMLElement, pointer: string): HTMLElement | null {
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const field = panel.querySelector(`[data-field="${CSS.escape(at)}"]`);
    if (field !== null) return field.querySelector<HTMLElement>(FOCUSABLE);
  }
  return null;
}
