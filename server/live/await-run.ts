import { liveHub } from "./hub";

/** In case a notice gets lost. */
const LOOK_AGAIN_MS = 1_000;

/** Asks `look` now and whenever the run changes, until it answers something, or the time is over (null). */
export async function awaitRun<Found>(place: { workspaceId: string; runId: string }, seconds: number, look: () => Promise<Found | null>, signal?: AbortSignal): Promise<Found | null> {
  const deadline = performance.now() + seconds * 1_000;
  const changes = new Changes();
  const unsubscribe = liveHub().subscribe({ workspaceId: place.workspaceId, topics: new Set([`run:${place.runId}`]), hear: () => changes.note(), missed: () => changes.note() });
  signal?.addEventListener("abort", () => changes.note(), { once: true });
  try {
    for (;;) {
      const found = await look();
      const left = deadline - performance.now();
      if (found !== null || left <= 0 || signal?.aborted === true) return found;
      await changes.next(Math.min(left, LOOK_AGAIN_MS));
    }
  } finally {
    unsubscribe();
  }
}

/** Remembers a change that comes while nobody waits. */
class Changes {
  private noted = false;
  private wake: (() => void) | undefined;

  note(): void {
    this.noted = true;
    this.wake?.();
  }

  async next(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.noted) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = setTimeout(resolve, withinMs);
      });
    }
    clearTimeout(timer);
    this.wake = undefined;
    this.noted = false;
  }
}
