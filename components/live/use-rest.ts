"use client";

import { useCallback, useState } from "react";
import { allOf, atRest, isSame } from "./rest";

/** What keeps the rows of a list where they are. */
export type Reason = "pointer" | "focus" | "scrolled";

export interface RestingProps {
  waiting: number;
  hold: (reason: Reason, isHeld: boolean) => void;
  /** All that is there by now. */
  showNew: () => void;
}

/**
 * The rows of a list that renews itself. As long as somebody is about to press one of them (`RestingList` knows), or has gone
 * further down, they stay where they are. Another `list` shows its rows at once.
 */
export function useRest<One extends { id: string }>(items: readonly One[], list = ""): { rows: readonly One[]; gone: ReadonlySet<string>; resting: RestingProps } {
  const [reasons, setReasons] = useState<readonly Reason[]>([]);
  const [shown, setShown] = useState<{ list: string | null; rows: readonly One[] }>({ list, rows: items });
  const rest = reasons.length > 0 && shown.list === list ? atRest(shown.rows, items) : allOf(items);
  if (shown.list !== list || !isSame(shown.rows, rest.rows)) setShown({ list, rows: rest.rows });
  const hold = useCallback((reason: Reason, isHeld: boolean) => {
    setReasons((before) => (before.includes(reason) === isHeld ? before : isHeld ? [...before, reason] : before.filter((other) => other !== reason)));
  }, []);
  return { rows: rest.rows, gone: rest.gone, resting: { waiting: rest.waiting, hold, showNew: () => setShown({ list: null, rows: [] }) } };
}
