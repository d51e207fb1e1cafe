"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "@/components/data/trpc";
import type { LiveHub } from "./live-hub";

/** When the stream ends, somebody may have been signed out: asks, so that the page does not stand there as if nothing had happened. */
export function useNoticeSignOut(hub: LiveHub | null): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEffect(() => {
    if (hub === null) return;
    let before = hub.status;
    return hub.onStatus(() => {
      const hasEnded = hub.status === "down" || (before === "open" && hub.status !== "open");
      before = hub.status;
      // An answer of no session leads to the sign-in page, as with every query; no answer at all says nothing.
      if (hasEnded) void queryClient.fetchQuery({ ...trpc.me.get.queryOptions(), staleTime: 0, retry: false }).catch(() => undefined);
    });
  }, [hub, trpc, queryClient]);
}
