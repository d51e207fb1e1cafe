"use client";

import { useEffect, useRef, useState, type UIEvent } from "react";
import { keepsFollowing } from "./follow-end";

/** Keeps the end of a growing list in view until the reader scrolls away from it. `count`: of all entries there were so far. */
export function useFollowEnd(entries: unknown, count: number, isWanted: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  /** How many entries there were when the reader left the end. */
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const isAtEnd = leftAt === null;
  useEffect(() => {
    if (isWanted && isAtEnd && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [entries, isWanted, isAtEnd]);
  const onScroll = (event: UIEvent<HTMLElement>) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    const follows = keepsFollowing(isAtEnd, top.current, { top: scrollTop, height: clientHeight, whole: scrollHeight });
    top.current = scrollTop;
    if (follows !== isAtEnd) setLeftAt(follows ? null : count);
  };
  return { list, onScroll, isAtEnd, added: leftAt === null ? 0 : Math.max(0, count - leftAt), toEnd: () => setLeftAt(null) };
}
