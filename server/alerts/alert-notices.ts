import { sharedPool } from "@/server/db/client";
import { Notifier } from "@/server/queue/notifier";

// A development server reloads modules; what waits to be told survives it here.
const holder = globalThis as typeof globalThis & { millraceAlertNotifier?: Notifier };

/** After the commit: tells the pages that inboxes or deliveries of the workspace are different. */
export function tellAlertsChanged(workspaceId: string): void {
  holder.millraceAlertNotifier ??= new Notifier(sharedPool());
  holder.millraceAlertNotifier.send({ channel: "millrace_alert", item: `${workspaceId}/inbox` });
}
