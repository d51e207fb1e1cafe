import { z } from "zod";
import { ownKey } from "@/components/data/own-storage";
import { randomId } from "@/components/data/random-id";

const baseSchema = z.record(z.string(), z.unknown()).optional();
const keptSchema = z.object({
  text: z.string(),
  /** Draft of the server that the text was made from: its revision, and what it held. */
  revision: z.number(),
  base: baseSchema,
  at: z.number(),
});
export type KeptDraft = z.output<typeof keptSchema>;

/** Where unsaved text lies. */
export interface DraftShelf {
  read: () => KeptDraft | null;
  put: (kept: KeptDraft) => void;
  clear: () => void;
}

export interface BrowserShelf extends DraftShelf {
  /** Takes a place of its own, and hands over what a tab that is gone left behind. Answers how to give the place up. */
  open: (found: (kept: KeptDraft) => boolean) => () => void;
}

/** What the text was made from lies beside it, as it changes more rarely. */
const BASE = "/base";

/** A tab that is being reloaded lets go of its place within this time. */
const LET_GO_MILLISECONDS = 1_000;

/**
 * Unsaved text of one person in the browser's storage. Every tab has a place of its own, which it holds by a lock: what lies in a place that
 * nobody holds was left behind by a tab that is gone. Without locks (they need a secure origin) all tabs share one place.
 */
export function browserShelf(userId: string, workflowId: string): BrowserShelf {
  const prefix = ownKey("draft", userId, `${workflowId}:`);
  const isAlone = typeof navigator === "undefined" || navigator.locks === undefined;
  const key = prefix + (isAlone ? "shared" : randomId());
  let written: KeptDraft["base"];
  return {
    read: () => (isAlone ? readAt(key) : null),
    put: ({ base, ...kept }) =>
      void attempt(() => {
        if (base !== written) localStorage.setItem(key + BASE, JSON.stringify(base ?? null));
        written = base;
        localStorage.setItem(key, JSON.stringify(kept));
      }),
    clear: () => {
      written = undefined;
      removeAt(key);
    },
    open: (found) => {
      if (isAlone) return () => undefined;
      const closing = new AbortController();
      void holdPlace(key, closing.signal);
      void offerOrphan(prefix, key, closing.signal, found);
      return () => closing.abort();
    },
  };
}

async function holdPlace(key: string, signal: AbortSignal): Promise<void> {
  const untilClosed = () => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await navigator.locks.request(key, untilClosed);
}

/** The newest text that lies in a place nobody holds. */
async function offerOrphan(prefix: string, own: string, signal: AbortSignal, found: (kept: KeptDraft) => boolean): Promise<void> {
  const places = attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== own && !key.endsWith(BASE))) ?? [];
  const orphans = (await Promise.all(places.map(orphanAt))).filter((orphan) => orphan !== null);
  const [newest] = orphans.toSorted((one, other) => other.kept.at - one.kept.at);
  if (newest === undefined || signal.aborted) return;
  if (found(newest.kept)) removeAt(newest.key);
}

async function orphanAt(key: string): Promise<{ key: string; kept: KeptDraft } | null> {
  try {
    return await navigator.locks.request(key, { signal: AbortSignal.timeout(LET_GO_MILLISECONDS) }, () => {
      const kept = readAt(key);
      return kept === null ? null : { key, kept };
    });
  } catch {
    // A tab that is alive holds it.
    return null;
  }
}

function readAt(key: string): KeptDraft | null {
  return attempt(() => {
    const kept = keptSchema.safeParse(JSON.parse(localStorage.getItem(key) ?? "null")).data ?? null;
    const base = baseSchema.safeParse(JSON.parse(localStorage.getItem(key + BASE) ?? "null")).data;
    return kept === null ? null : { ...kept, ...(base === undefined ? {} : { base }) };
  });
}

function removeAt(key: string): void {
  attempt(() => {
    localStorage.removeItem(key);
    localStorage.removeItem(key + BASE);
  });
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    // Storage is refused or full: the page warns before it is left.
    return null;
  }
}
