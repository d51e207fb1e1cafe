import { toast } from "@/components/ui/toast";
import type { EditSession } from "./edit-session";

/** Of a toast that tells of the newest edit: takes back that one, also when others were made since. */
export function undoAction(session: EditSession, label = "Undo"): { label: string; onClick: () => void } {
  const takeBack = session.taker();
  return { label, onClick: () => void (takeBack() || toast.info("What was changed since stays as it is.")) };
}
