"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { isVisit } from "./url-visit";

export type UrlChange = Readonly<Record<string, string | readonly string[] | null>>;

/** Page state that lives in the address, so that it survives a reload and can be shared. */
export function useUrlState(): { params: URLSearchParams; change: (change: UrlChange) => void } {
  const pathname = usePathname();
  const params = useSearchParams();
  const change = useCallback(
    (entries: UrlChange) => {
      const before = new URLSearchParams(window.location.search);
      const next = new URLSearchParams(before);
      for (const [key, value] of Object.entries(entries)) {
        next.delete(key);
        for (const one of value === null ? [] : typeof value === "string" ? [value] : value) if (one !== "") next.append(key, one);
      }
      const query = next.toString();
      const address = query === "" ? pathname : `${pathname}?${query}`;
      // At once, so that the next change builds on it; the router hears of it and needs nothing from the server.
      if (isVisit(before, next)) window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
    },
    [pathname],
  );
  return { params, change };
}
