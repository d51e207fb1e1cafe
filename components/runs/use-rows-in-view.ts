"use client";

import { useState, type UIEvent } from "react";

const ROWS_AROUND = 12;
/** Until the frame is measured. */
const FIRST_ROWS = 60;

/** Which of many rows of one height have to exist, given how a frame is scrolled. */
export function useRowsInView(count: number, rowPixels: number) {
  const [view, setView] = useState({ top: 0, height: FIRST_ROWS * rowPixels });
  const measure = (frame: HTMLElement) => {
    // In steps of half the margin: most scrolling changes nothing.
    const step = (ROWS_AROUND / 2) * rowPixels;
    const top = Math.floor(frame.scrollTop / step) * step;
    if (top !== view.top || frame.clientHeight !== view.height) setView({ top, height: frame.clientHeight });
  };
  const first = Math.max(0, Math.min(count - 1, Math.floor(view.top / rowPixels)) - ROWS_AROUND);
  const last = Math.min(count - 1, Math.ceil((view.top + view.height) / rowPixels) + 2 * ROWS_AROUND);
  return { first, last, onScroll: (event: UIEvent<HTMLElement>) => measure(event.currentTarget) };
}
