"use client";

import { useEffect, useRef, useSyncExternalStore, type ComponentProps, type ReactNode, type RefObject } from "react";
import { cn } from "@/components/ui/class-names";

/** Comes into view, with the focus, when the address of the page names it. */
function useEntry<Place extends HTMLElement>(id: string): RefObject<Place | null> {
  const place = useRef<Place>(null);
  useEffect(() => {
    const show = () => {
      if (window.location.hash !== `#${id}`) return;
      place.current?.scrollIntoView({ block: "center" });
      place.current?.focus({ preventScroll: true });
    };
    show();
    window.addEventListener("hashchange", show);
    return () => window.removeEventListener("hashchange", show);
  }, [id]);
  return place;
}

const FOCUSED = "focus-visible:-outline-offset-2";

function onHash(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The entry that the address names, where it is on none of the pages that are there: null once it is. */
export function useEntryBeyond(shown: readonly { id: string }[] | undefined, hasMore: boolean): string | null {
  const named = useSyncExternalStore(onHash, () => window.location.hash.slice(1), () => "");
  return hasMore && shown !== undefined && ID.test(named) && !shown.some(({ id }) => id === named) ? named : null;
}

/** A row of a list of settings that has an address of its own: that of the page with its id behind `#`. */
export function EntryRow({ id, className, ...row }: ComponentProps<"li"> & { id: string }) {
  return <li {...row} ref={useEntry<HTMLLIElement>(id)} id={id} tabIndex={-1} className={cn(FOCUSED, className)} />;
}

export function EntryHeading({ id, className, ...heading }: ComponentProps<"th"> & { id: string }) {
  return <th {...heading} ref={useEntry<HTMLTableCellElement>(id)} id={id} tabIndex={-1} className={cn(FOCUSED, className)} />;
}

/** What is named, as a link to itself: to copy. */
export function EntryLink({ id, className, children }: { id: string; className?: string; children: ReactNode }) {
  return <a href={`#${id}`} className={cn("rounded-xs underline-offset-4 hover:underline", className)}>{children}</a>;
}
