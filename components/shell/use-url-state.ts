"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type UrlChange = Readonly<Record<string, string | readonly string[] | null>>;

/** Page state that lives in the address, so that it survives a reload and can be shared. */
export function useUrlState(): { params: URLSearchParams; change: (change: UrlChange) => void } {
  const pathname = usePathname();
  const params = useSearchParams();
  const change = useCallback(
    (entries: UrlChange) => {
      const next = new URLSearchParams(window.location.search);
      for (const [key, value] of Object.entries(entries)) {
        next.delete(key);
        for (const one of value === null ? [] : typeof value === "string" ? [value] : value) if (one !== "") next.append(key, one);
      }
      const query = next.toString();
      // At once, so that the next change builds on it; the router hears of it and needs nothing from the server.
      window.history.replaceState(null, "", query === "" ? pathname : `${pathname}?${query}`);
    },
    [pathname],
  );
  return { params, change };
}
