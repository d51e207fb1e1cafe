"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { OUTLIVING } from "@/components/data/call-links";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { useLive } from "@/components/live/use-live";
import { PRESENCE_EVERY_MS } from "@/server/presence/constants";
import type { Presence } from "@/server/presence/contract";

/** Passing over steps with the keyboard is not news. */
const SETTLE_MILLISECONDS = 400;

/** Says that this page is here and what it has selected, and answers the other pages of the workflow. */
export function usePresence(workflowId: string, nodeId: string | null): readonly Presence[] {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [page] = useState(() => Math.random().toString(36).slice(2) + Date.now().toString(36));
  // What this page says of itself is no news to it.
  const select = useCallback((all: readonly Presence[]) => all.filter((one) => one.page !== page), [page]);
  const { data = NOBODY } = useQuery(trpc.presence.list.queryOptions({ workflowId }, { select }));
  useLive(`presence:${workflowId}`, () => void queryClient.invalidateQueries({ queryKey: trpc.presence.list.queryKey({ workflowId }) }));
  useEffect(() => {
    const tell = () => void client.presence.tell.mutate({ workflowId, page, nodeId }).catch(ignore);
    const settling = setTimeout(tell, SETTLE_MILLISECONDS);
    const repeating = setInterval(tell, PRESENCE_EVERY_MS);
    return () => {
      clearTimeout(settling);
      clearInterval(repeating);
    };
  }, [client, workflowId, page, nodeId]);
  useEffect(() => {
    const leave = () => void client.presence.tell.mutate({ workflowId, page, nodeId: null, gone: true }, { context: OUTLIVING }).catch(ignore);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [client, workflowId, page]);
  return data;
}

const NOBODY: readonly Presence[] = [];

/** The next time says it again; others forget this page by themselves. */
function ignore(): void {}
