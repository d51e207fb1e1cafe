"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { hasPanel, turnOf, type Turn } from "./url-visit";

export type UrlChange = Readonly<Record<string, string | readonly string[] | null>>;
/** How the history takes it, where the change itself does not say so. */
type Change = (change: UrlChange, how?: "push" | "replace") => void;

/** Page state that lives in the address, so that it survives a reload and can be shared. */
export function useUrlState(): { params: URLSearchParams; change: Change } {
  const pathname = usePathname();
  const params = useSearchParams();
  const change = useCallback<Change>((entries, how) => apply(pathname, entries, how), [pathname]);
  return { params, change };
}

/** What an entry of the history knows when a panel opened with it. */
interface PanelEntry {
  opensPanel?: true;
}

/** Changes that wait until the browser has gone back: the entry that they are for is not there yet. */
let waiting: (() => void)[] | null = null;

function apply(pathname: string, entries: UrlChange, how: Turn | undefined): void {
  if (waiting !== null) return void waiting.push(() => apply(pathname, entries, how));
  const before = new URLSearchParams(window.location.search);
  const next = changed(before, entries);
  const query = next.toString();
  const address = query === "" ? pathname : `${pathname}?${query}`;
  const { opensPanel } = (window.history.state ?? {}) as PanelEntry;
  // At once, so that the next change builds on it; the router hears of it and needs nothing from the server.
  const replace = (state: PanelEntry) => window.history.replaceState(state, "", address);
  const turn = how ?? turnOf(before, next, opensPanel === true);
  if (turn === "back") goBack(() => (`${window.location.pathname}${window.location.search}` === address ? undefined : replace({})));
  else if (turn === "push") window.history.pushState(hasPanel(next) && !hasPanel(before) ? { opensPanel: true } : {}, "", address);
  else replace(opensPanel === true ? { opensPanel } : {});
}

function changed(before: URLSearchParams, entries: UrlChange): URLSearchParams {
  const next = new URLSearchParams(before);
  for (const [key, value] of Object.entries(entries)) {
    next.delete(key);
    for (const one of value === null ? [] : typeof value === "string" ? [value] : value) if (one !== "") next.append(key, one);
  }
  return next;
}

function goBack(arrive: () => void): void {
  waiting = [];
  const { scrollX, scrollY } = window;
  window.addEventListener(
    "popstate",
    () => {
      const late = waiting ?? [];
      waiting = null;
      arrive();
      for (const act of late) act();
      // The panel was beside the page: where its reader stands is where they stay.
      requestAnimationFrame(() => window.scrollTo(scrollX, scrollY));
    },
    { once: true },
  );
  window.history.back();
}
