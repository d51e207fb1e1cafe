"use client";

import { toast } from "@/components/ui/toast";
import type { EditSession } from "@/components/builder/edit-session";
import type { Draft } from "@/components/builder/draft";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ConflictList } from "./conflict-list";
import type { DraftState, DraftStore } from "./draft-store";
import type { Conflict } from "./merge/conflict";
import { useIncomingToasts, whoIn } from "./use-incoming-toasts";
import { useUnlessHeld } from "./use-unless-held";

export interface DraftNoticesProps {
  store: DraftStore;
  draft: DraftState;
  session: EditSession;
  onShow: (nodeId: string) => void;
}

/** Unsaved work that was found again, and edits that collided: a visible choice, and a way back from it. */
export function DraftNotices({ store, draft: now, session, onShow }: DraftNoticesProps) {
  const { user } = useWorkspace();
  const draft = useUnlessHeld(now);
  useIncomingToasts(store, user.id);
  const giveUpMine = () => {
    const given = store.takeTheirs();
    toast("Your unsaved edit was set aside.", { duration: 20_000, action: { label: "Undo", onClick: () => store.edit(given) } });
  };
  const choose = (conflict: Conflict, choice: "mine" | "theirs") => {
    if (choice === "mine") store.keepMine(conflict);
    else session.apply(`take the other edit of ${conflict.name}`, (current) => store.withTheirs(current as unknown as Record<string, unknown>, conflict) as unknown as Draft);
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
        One of the two cannot be read as a workflow, so they cannot be merged. Nothing is saved until you choose; “Keep mine” replaces the other edit with your next save.
      </Alert>
    );
  }
  if (draft.conflicts.length > 0) return <ConflictList conflicts={draft.conflicts} who={whoIn(draft.other, user.id)} onChoose={choose} onShow={onShow} />;
  if (draft.restoredFrom !== null && draft.isDirty) {
    return (
      <Alert
        title={
          <>
            Your unsaved edit (<Moment at={new Date(draft.restoredFrom).toISOString()} />) is back.
          </>
        }
        className="m-3"
        actions={
          <>
            <Button size="sm" onClick={() => void store.keepFound()}>Keep it</Button>
            <Button size="sm" onClick={giveUpMine}>Discard it</Button>
          </>
        }
      />
    );
  }
  if (draft.failure !== null) return <Alert tone="danger" title={`Not saved. ${draft.failure}`} className="m-3" actions={<Button size="sm" disabled={draft.isSaving} onClick={() => void store.save()}>Try again</Button>}>Your edit is kept in this browser, and saving is tried again by itself.</Alert>;
  return null;
}
