import { useEffect, useRef, type RefObject } from "react";

const FIELDS = "input:not([type=checkbox]), textarea, [contenteditable=true]";

/** Lets the focus go to the first field of the entry (`data-entry`) that was added at the end of `place`, with what stands in it selected. */
export function useFocusAdded<Place extends HTMLElement>(count: number): { place: RefObject<Place | null>; awaitAdded: () => void } {
  const place = useRef<Place>(null);
  const before = useRef<number | null>(null);
  useEffect(() => {
    if (before.current === null || count <= before.current) return;
    before.current = null;
    const entries = place.current?.querySelectorAll<HTMLElement>(":scope > [data-entry]");
    const field = entries?.item(entries.length - 1)?.querySelector<HTMLElement>(FIELDS);
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }, [count]);
  const awaitAdded = () => {
    before.current = count;
  };
  return { place, awaitAdded };
}
