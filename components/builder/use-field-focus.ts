"use client";

import { useSearchParams } from "next/navigation";
import { useEffect, useEffectEvent, type RefObject } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { nodeSchema } from "@/server/engine/definition";

const FOCUSABLE = "input:not([type=hidden]), textarea, [contenteditable=true], [role=combobox], [role=switch], [role=checkbox]";
/** Into what is to be filled in of the selected step: its first field, or else the first thing that can be used. */
export function enterInspector(): void {
  const panel = document.querySelector<HTMLElement>("[data-inspector]");
  const field = panel?.querySelector<HTMLElement>(`[data-field] :is(${FOCUSABLE})`) ?? panel?.querySelector<HTMLElement>(`:is(${FOCUSABLE}), [role=tabpanel] button`);
  field?.focus();
}

/** Editors come as they are loaded. */
const PATIENCE_MILLISECONDS = 10_000;

/** Takes the cursor to the field that the address names, once: a pointer into the step (`/config/url`), one into its config, or a setting such as `skipIf`. */
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
  const giveUp = useEffectEvent((stop: () => void) => {
    stop();
    // Else the next step that is selected would be searched for it.
    change({ field: null });
  });
  useEffect(() => {
    if (field === null) return;
    const { tab, pointer } = placeOfField(field);
    show(tab);
    if (isFound(pointer)) return;
    const observer = new MutationObserver(() => void (isFound(pointer) && observer.disconnect()));
    observer.observe(document.body, { childList: true, subtree: true });
    const timer = setTimeout(() => giveUp(() => observer.disconnect()), PATIENCE_MILLISECONDS);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [field]);
}

/** What stands above the setup of every kind. */
const IN_SETUP = ["id", "name", "kind", "parent"];

function placeOfField(field: string): { tab: "setup" | "settings"; pointer: string } {
  const pointer = field.startsWith("/") ? field : `/${field}`;
  const first = pointer.split("/")[1] ?? "";
  if (first === "config") return { tab: "setup", pointer: pointer.slice("/config".length) };
  return { tab: Object.hasOwn(nodeSchema.shape, first) && !IN_SETUP.includes(first) ? "settings" : "setup", pointer };
}

/** Of the innermost field around the pointer that the form shows: what one writes into. Null while that is still being loaded. */
function fieldIn(panel: HTMLElement, pointer: string): HTMLElement | null {
  // What goes into a block has a form of its own.
  for (const whole of [pointer, pointer.replace(/^\/input(?=\/)/, "")]) {
    for (let at = whole; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
      const field = panel.querySelector(`[data-field="${CSS.escape(at)}"]`);
      if (field !== null) return field.querySelector<HTMLElement>(FOCUSABLE);
    }
  }
  return null;
}
