"use client";

import { useLayoutEffect, useRef, type RefObject } from "react";

/** Focus of a panel beside the content: it goes in when a key opened the panel, and back to where it came from when the panel goes. */
export function usePanelFocus(panel: RefObject<HTMLElement | null>, heading: RefObject<HTMLElement | null>, isTaken: boolean): void {
  const cameFrom = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const element = panel.current;
    if (element === null) return;
    const opener = document.activeElement;
    if (opener instanceof HTMLElement && opener !== document.body) cameFrom.current = opener;
    // Who opened it with the mouse goes on where they clicked.
    if (isTaken && opener instanceof HTMLElement && opener !== document.body && opener.matches(":focus-visible")) heading.current?.focus({ preventScroll: true });
    const noteOrigin = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof HTMLElement && !element.contains(relatedTarget)) cameFrom.current = relatedTarget;
    };
    element.addEventListener("focusin", noteOrigin);
    return () => {
      element.removeEventListener("focusin", noteOrigin);
      if (isTaken && element.contains(document.activeElement) && cameFrom.current?.isConnected === true) cameFrom.current.focus();
    };
  }, [panel, heading, isTaken]);
}
