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
  /** How far from the end the reader was when entries were asked for that come before the first. */
  const fromEnd = useRef<number | null>(null);
  useEffect(() => {
    if (fromEnd.current === null || list.current === null) return;
    list.current.scrollTop = list.current.scrollHeight - fromEnd.current;
    fromEnd.current = null;
  }, [entries]);
  const stay = () => {
    fromEnd.current = list.current === null ? null : list.current.scrollHeight - list.current.scrollTop;
  };
  useEffect(() => {
    if (isWanted && isAtEnd && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [entries, isWanted, isAtEnd]);
  const onScroll = (event: UIEvent<HTMLElement>) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    const follows = keepsFollowing(isAtEnd, top.current, { top: scrollTop, height: clientHeight, whole: scrollHeight });
    top.current = scrollTop;
    if (follows !== isAtEnd) setLeftAt(follows ? null : count);
  };
  return { list, onScroll, isAtEnd, added: leftAt === null ? 0 : Math.max(0, count - leftAt), toEnd: () => setLeftAt(null), stay };
}
