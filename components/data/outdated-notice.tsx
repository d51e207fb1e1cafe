"use client";

import type { QueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import { Outdated } from "./outdated";
import { readRefusal } from "./problem";

/** Says that the page shows what was, because the server did not answer when it was asked again. */
export function OutdatedNotice({ queryClient }: { queryClient: QueryClient }) {
  const [outdated] = useState(() => new Outdated(queryClient.getQueryCache()));
  const reason = useSyncExternalStore(outdated.subscribe, outdated.read, () => null);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-3 z-40 flex justify-center px-3">
      {reason === null ? null : (
        <p className="flex items-center gap-2 rounded-full border bg-popover px-3 py-1.5 text-xs text-popover-foreground shadow-md">
          <CloudOff aria-hidden className="size-3.5 text-warning" />
          This page may be out of date. {readRefusal(reason).message}
        </p>
      )}
    </div>
  );
}
