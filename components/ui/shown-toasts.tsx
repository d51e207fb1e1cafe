"use client";

import { useEffect, useRef, type FocusEvent } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { useTheme } from "@/components/theme/use-theme";
import { toasterPort } from "./toast";

export function ShownToasts() {
  const { resolved } = useTheme();
  const focus = useReturnOfFocus();
  // Its own effects come before this one: it hears what is said from now on.
  useEffect(() => toasterPort.ready(toast), []);
  return (
    <div {...focus}>
      <Sonner
        theme={resolved}
        position="bottom-right"
        closeButton
        toastOptions={{ classNames: { toast: "!bg-popover !text-popover-foreground !border-border !text-sm" } }}
      />
    </div>
  );
}

/**
 * Sonner gives the focus back even when it has moved on, which opens a tab again that somebody has just left.
 * Here it goes back only from a toast that has gone, and only when nothing else has it.
 */
function useReturnOfFocus() {
  const cameFrom = useRef<HTMLElement | null>(null);
  const focused = useRef<HTMLElement | null>(null);
  const watched = useRef<MutationObserver | null>(null);
  const forget = () => {
    watched.current?.disconnect();
    watched.current = null;
    cameFrom.current = null;
  };
  useEffect(() => () => watched.current?.disconnect(), []);
  return {
    onFocusCapture: (event: FocusEvent<HTMLElement>) => {
      event.stopPropagation();
      focused.current = event.target;
      if (watched.current !== null) return;
      cameFrom.current = event.relatedTarget instanceof HTMLElement ? event.relatedTarget : null;
      watched.current = new MutationObserver(() => {
        if (focused.current?.isConnected) return;
        if (document.activeElement === document.body) cameFrom.current?.focus({ preventScroll: true });
        forget();
      });
      watched.current.observe(event.currentTarget, { childList: true, subtree: true });
    },
    onBlurCapture: (event: FocusEvent<HTMLElement>) => {
      event.stopPropagation();
      if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget)) forget();
    },
  };
}
