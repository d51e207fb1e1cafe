"use client";

import { ArrowUp } from "lucide-react";
import { useEffect, useEffectEvent, useRef, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import type { Reason, RestingProps } from "./use-rest";

export interface RestingListProps extends RestingProps {
  className?: string;
  children: ReactNode;
}

/** Around the rows of `useRest`: tells when they must not move, and leads to those that wait. */
export function RestingList({ waiting, hold, showNew, className, children }: RestingListProps) {
  const root = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const tell = useEffectEvent(hold);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => tell("scrolled", isPast(entries.at(-1)!)));
    observer.observe(top.current!);
    return () => observer.disconnect();
  }, []);
  // What has the focus may go with a change of its row, and tells nobody that it is left.
  useEffect(() => {
    if (!root.current!.contains(document.activeElement)) tell("focus", false);
  });
  // A list that goes, as it is empty, is left by nobody.
  useEffect(() => () => {
    for (const reason of REASONS) hold(reason, false);
  }, [hold]);
  const show = () => {
    showNew();
    // The button goes: the next Tab leads to the newest row.
    top.current?.focus({ preventScroll: true });
    top.current?.scrollIntoView({ block: "nearest" });
  };
  return (
    <div
      ref={root}
      className={cn("relative [&_[data-gone]]:opacity-50", className)}
      onPointerEnter={() => hold("pointer", true)}
      onPointerLeave={() => hold("pointer", false)}
      // Whoever pressed a row by mouse is gone with the mouse.
      onFocus={({ target }) => hold("focus", target.matches(":focus-visible"))}
      onBlur={({ currentTarget, relatedTarget }) => currentTarget.contains(relatedTarget) || hold("focus", false)}
    >
      <div ref={top} tabIndex={-1} className="absolute top-0 size-px scroll-mt-20 outline-none" />
      {/* Once, however many come. */}
      <p role="status" className="sr-only">{waiting === 0 ? "" : "There is something new in the list."}</p>
      <div className="sticky top-(--list-top,0.75rem) z-20 flex h-0 justify-center">
        {waiting === 0 ? null : (
          // What is about to be pressed below it is pressed.
          <Button size="sm" variant="primary" className="mt-1 animate-press-later rounded-full shadow-md" onClick={show}>
            <ArrowUp aria-hidden />
            <span className="sr-only">Show</span> {waiting} new
          </Button>
        )}
      </div>
      {children}
    </div>
  );
}

/** In a row of `data-gone`, instead of what it last was. */
export function Gone() {
  return <span className="text-xs text-muted-foreground">Not among these any more</span>;
}

const REASONS: readonly Reason[] = ["pointer", "focus", "scrolled"];

/** Hidden above what is in view, of the page or of a list that scrolls by itself. */
function isPast({ isIntersecting, boundingClientRect }: IntersectionObserverEntry): boolean {
  return !isIntersecting && boundingClientRect.top < window.innerHeight;
}
