"use client";

import { createContext, useEffect, useState, type ReactNode } from "react";
import { LiveHub } from "./live-hub";
import { useNoticeSignOut } from "./use-notice-sign-out";

/** Null until the page lives in a browser. */
export const LiveContext = createContext<LiveHub | null>(null);

export function LiveProvider({ workspace, children }: { workspace: string; children: ReactNode }) {
  const [hub, setHub] = useState<LiveHub | null>(null);
  useNoticeSignOut(hub);
  useEffect(() => {
    const opened = LiveHub.open(workspace);
    // The hub lives in the browser only, so the first render cannot have it.
    // eslint-disable-next-line react-hooks/set-state-in-effect -- an external system that exists only after mounting
    setHub(opened);
    return () => opened.close();
  }, [workspace]);
  return <LiveContext value={hub}>{children}</LiveContext>;
}
