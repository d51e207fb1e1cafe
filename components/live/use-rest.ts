"use client";

import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { allOf, atRest, isSame } from "./rest";

/** What keeps the rows of a list where they are. */
export type Reason = "pointer" | "focus" | "scrolled";

export interface RestingProps {
  waiting: number;
  hold: (reason: Reason, isHeld: boolean) => void;
  /** All that is there by now. */
  showNew: () => void;
}

export interface Resting<One> {
  rows: readonly One[];
  gone: ReadonlySet<string>;
  isPushed: boolean;
  resting: RestingProps;
}

/**
 * The rows of a list that renews itself. As long as somebody is about to press one of them (`RestingList` knows), or has gone
 * further down, they stay where they are. Another `list` shows its rows at once.
 */
export function useRest<One extends { id: string }>(items: readonly One[], list = "", isMore = false): Resting<One> {
  const [reasons, setReasons] = useState<readonly Reason[]>([]);
  const [shown, setShown] = useState<{ list: string | null; rows: readonly One[] }>({ list, rows: items });
  const rest = reasons.length > 0 && shown.list === list ? atRest(shown.rows, items, isMore) : allOf(items);
  if (shown.list !== list || !isSame(shown.rows, rest.rows)) setShown({ list, rows: rest.rows });
  const hold = useCallback((reason: Reason, isHeld: boolean) => {
    setReasons((before) => (before.includes(reason) === isHeld ? before : isHeld ? [...before, reason] : before.filter((other) => other !== reason)));
  }, []);
  return { rows: rest.rows, gone: rest.gone, isPushed: rest.isPushed, resting: { waiting: rest.waiting, hold, showNew: () => setShown({ list: null, rows: [] }) } };
}

interface Pages<One> {
  data?: { pages: readonly { items: readonly One[] }[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** As many pages are kept up to date by themselves. */
export const LIVE_PAGES = 3;

/** `useRest` of a list that comes in pages: rows that new ones push to the next page are looked for there. */
export function useRestOfPages<One extends { id: string }>(query: Pages<One>, list = ""): Resting<One> {
  const pages = query.data?.pages ?? [];
  const isMore = query.hasNextPage && !query.isFetchNextPageError && pages.length < LIVE_PAGES;
  const rest = useRest(pages.flatMap(({ items }) => items), list, isMore);
  const follow = useEffectEvent(() => void query.fetchNextPage());
  const isAsking = rest.isPushed && !query.isFetching;
  useEffect(() => {
    if (isAsking) follow();
  }, [isAsking]);
  return rest;
}
