"use client";

import { useEffect } from "react";
import { toast } from "@/components/ui/toast";
import type { DraftStore, ServerDraft } from "./draft-store";
import { describeLost, describeNews, describeRenamed } from "./merge/describe-incoming";

/** Tells calmly what others changed, and plainly what could not be kept. */
export function useIncomingToasts(store: DraftStore, userId: string): void {
  useEffect(
    () =>
      store.onIncoming(({ news, lost, renamed, by }) => {
        const who = by?.id === userId ? "Another tab" : (by?.name ?? "Somebody");
        const text = describeNews(news, who);
        // One notice that says the latest, however many saves come in a row.
        if (text !== null) toast.info(text, { id: "incoming-edit", duration: 8_000 });
        for (const loss of [describeLost(lost), describeRenamed(renamed, who)]) if (loss !== null) toast.warning(loss, { duration: 20_000 });
      }),
    [store, userId],
  );
}

/** As it stands within a sentence. */
export function whoIn(by: ServerDraft["draftUpdatedBy"], userId: string): string {
  return by?.id === userId ? "another tab" : (by?.name ?? "somebody else");
}
