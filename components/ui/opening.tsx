"use client";

import { Slot } from "radix-ui";
import { createContext, use, useEffect, useState, type ComponentProps, type KeyboardEvent, type ReactNode } from "react";

export interface OpeningProps {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Keeps the focus and the pointer to itself, as needed in a dialog. */
  modal?: boolean;
  children: ReactNode;
}

interface Opening<Parts> {
  /** Null until it was opened once and what that takes is there. */
  parts: Parts | null;
  prepare: () => void;
  open: (byKey: boolean) => void;
  isComing: boolean;
  /** Whether the first opening was by a key, so that the focus goes on to the first entry. */
  byKey: boolean;
}

/**
 * What opens beside a trigger, and whose parts are loaded when somebody comes near. The trigger is a plain button until the first opening:
 * exchanged any earlier, it would lose the press or the focus that came meanwhile.
 */
export function makeOpening<Parts>(load: () => Promise<Parts>, popup: "menu" | "dialog") {
  const OpeningContext = createContext<Opening<Parts> | null>(null);

  function useOpening(): Opening<Parts> {
    const opening = use(OpeningContext);
    if (opening === null) throw new Error("outside of what opens");
    return opening;
  }

  function useParts(): Parts {
    const { parts } = useOpening();
    if (parts === null) throw new Error("shown before it was opened");
    return parts;
  }

  function useNewOpening({ open: isOpen = false, onOpenChange }: Omit<OpeningProps, "children">): Opening<Parts> {
    const [parts, setParts] = useState<{ value: Parts } | null>(null);
    const [opened, setOpened] = useState<{ byKey: boolean } | null>(null);
    const prepare = () => void load().then((value) => setParts({ value }));
    const open = (byKey: boolean) => {
      setOpened({ byKey });
      prepare();
      onOpenChange?.(true);
    };
    // Opened from elsewhere.
    useEffect(() => {
      if (isOpen) void load().then((value) => setParts({ value }));
    }, [isOpen]);
    const wasOpened = opened !== null || isOpen;
    return { parts: wasOpened && parts !== null ? parts.value : null, prepare, open, isComing: wasOpened && parts === null, byKey: opened?.byKey ?? false };
  }

  /** The trigger before the first opening. */
  function PlainTrigger({ asChild = false, ...props }: ComponentProps<"button"> & { asChild?: boolean }) {
    const { prepare, open, isComing } = useOpening();
    const openByKey = (event: KeyboardEvent) => {
      const opens = event.key === "Enter" || event.key === " " || (popup === "menu" && event.key === "ArrowDown");
      if (!opens) return;
      event.preventDefault();
      open(true);
    };
    const shared = { "aria-haspopup": popup, "aria-expanded": false, "aria-busy": isComing || undefined, "data-state": "closed", onPointerEnter: prepare, onFocus: prepare, onClick: () => open(false), onKeyDown: openByKey, ...props };
    return asChild ? <Slot.Root {...shared} /> : <button type="button" {...shared} />;
  }

  return { OpeningContext, useOpening, useNewOpening, useParts, PlainTrigger };
}
