import { z } from "zod";
import type { Presence } from "./contract";

/** A page that says nothing for so long is gone. Pages speak at least every `PRESENCE_EVERY_MS`. */
export const PRESENCE_KEPT_MS = 40_000;
const PAGES_MAX = 10_000;

export const presenceNoticeSchema = z.object({
  workspaceId: z.string(),
  workflowId: z.string(),
  /** One open page. */
  page: z.string(),
  user: z.object({ id: z.string(), name: z.string() }),
  nodeId: z.string().nullable(),
  gone: z.boolean(),
});
export type PresenceNotice = z.output<typeof presenceNoticeSchema>;

interface Seen extends PresenceNotice {
  until: number;
}

/**
 * Who has which workflow open, as the pages keep telling. Every web process hears all of it through the database and
 * remembers it for itself; nothing is stored, so nothing has to be cleaned up after a crash.
 */
export class PresenceBoard {
  private readonly pages = new Map<string, Seen>();

  constructor(private readonly now: () => number) {}

  /** True when others see a difference. */
  hear(notice: PresenceNotice): boolean {
    const before = this.pages.get(notice.page);
    // Latest last: what is dropped first is what was silent longest.
    this.pages.delete(notice.page);
    if (notice.gone) return before !== undefined;
    this.pages.set(notice.page, { ...notice, until: this.now() + PRESENCE_KEPT_MS });
    if (this.pages.size > PAGES_MAX) this.pages.delete(this.pages.keys().next().value!);
    return before === undefined || before.nodeId !== notice.nodeId || before.workflowId !== notice.workflowId;
  }

  /** Takes away pages that fell silent, and answers where. */
  sweep(): { workspaceId: string; workflowId: string }[] {
    const silent = [...this.pages.values()].filter(({ until }) => until <= this.now());
    for (const { page } of silent) this.pages.delete(page);
    return silent;
  }

  /** In the order in which they came first, so that nobody jumps about. */
  read(workspaceId: string, workflowId: string): Presence[] {
    return [...this.pages.values()]
      .filter((seen) => seen.workspaceId === workspaceId && seen.workflowId === workflowId && seen.until > this.now())
      .map(({ page, user, nodeId }) => ({ page, user, nodeId }))
      .toSorted((one, other) => (one.page < other.page ? -1 : 1));
  }
}

// A development server reloads modules; what is known survives it here.
const holder = globalThis as typeof globalThis & { millracePresence?: PresenceBoard };

/** What this process knows; the live hub feeds it. */
export function presenceBoard(): PresenceBoard {
  return (holder.millracePresence ??= new PresenceBoard(() => performance.now()));
}
