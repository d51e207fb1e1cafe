"use client";

import { toast } from "sonner";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Moment } from "@/components/time/moment";
import type { DraftState, DraftStore } from "./draft-store";

/** Unsaved work that was found again, and edits that collided: a visible choice, and a way back from it. */
export function DraftNotices({ store, draft }: { store: DraftStore; draft: DraftState }) {
  const giveUpMine = () => {
    const given = store.takeTheirs();
    toast("Your unsaved edit was set aside.", { duration: 20_000, action: { label: "Undo", onClick: () => store.edit(given) } });
  };
  if (draft.conflict !== null) {
    return (
      <Alert
        tone="warning"
        title="The draft was changed elsewhere while you were editing."
        className="m-3"
        actions={
          <>
            <Button size="sm" onClick={() => store.keepMine()}>Keep mine</Button>
            <Button size="sm" onClick={giveUpMine}>Take theirs</Button>
          </>
        }
      >
        Nothing is saved until you choose. “Keep mine” replaces the other edit with your next save.
      </Alert>
    );
  }
  if (draft.restoredFrom !== null && draft.isDirty) {
    return (
      <Alert
        title={
          <>
            Your unsaved edit (<Moment at={new Date(draft.restoredFrom).toISOString()} />) is back.
          </>
        }
        className="m-3"
        actions={<Button size="sm" onClick={giveUpMine}>Discard it</Button>}
      />
    );
  }
  if (draft.failure !== null) return <Alert tone="danger" title={`Not saved. ${draft.failure}`} className="m-3" />;
  return null;
}
