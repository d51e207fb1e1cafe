import type { StepSummary, WaitSummary } from "@/server/runs/contract";
import type { RunFeed } from "./run-feed";
import { withMore, withoutWaits } from "./run-model";

export interface RestSource {
  waits: (question: { status: "open" | "closed"; cursor: string | undefined }) => Promise<{ items: readonly WaitSummary[]; nextCursor: string | null }>;
  openSteps: (question: { after: string | undefined }) => Promise<{ steps: readonly StepSummary[]; next: string | null }>;
}

type WaitPlace = { status: "open" | "closed"; cursor: string | undefined };
const FIRST_WAITS: WaitPlace = { status: "open", cursor: undefined };

/** Waits and steps under way for which the answers of a run's page have no room, a page at a time. What it has already is passed over. */
export class RunRest {
  #waits = FIRST_WAITS;
  #steps: string | undefined;
  readonly #askedFor = new Set<string>();
  #openPages = 0;
  #isRefreshing = false;

  constructor(
    private readonly feed: RunFeed,
    private readonly source: RestSource,
  ) {}

  async moreWaits(): Promise<void> {
    const before = this.feed.read().waits.size;
    do {
      const { items, nextCursor } = await this.source.waits(this.#waits);
      const known = this.feed.read().waits;
      for (const { id, status } of items) if (status === "open" && !known.has(id)) this.#askedFor.add(id);
      if (this.#waits.status === "open") this.#openPages += 1;
      this.feed.add((model) => withMore(model, { waits: items, steps: [] }));
      if (nextCursor !== null) this.#waits = { ...this.#waits, cursor: nextCursor };
      else this.#waits = this.#waits.status === "open" ? { status: "closed", cursor: undefined } : FIRST_WAITS;
    } while (this.#waits !== FIRST_WAITS && this.feed.read().waits.size === before);
  }

  /** The answers of the page do not say when those end that were asked for besides. Never rejects: the next change asks again. */
  async refresh(): Promise<void> {
    if (this.#isRefreshing || this.#askedFor.size === 0) return;
    this.#isRefreshing = true;
    try {
      await this.#lookAgain();
    } catch {
      // As they are.
    } finally {
      this.#isRefreshing = false;
    }
  }

  async #lookAgain(): Promise<void> {
    const open = new Map<string, WaitSummary>();
    let cursor: string | undefined;
    let oldest = "";
    for (let page = 0; page < this.#openPages; page++) {
      const { items, nextCursor } = await this.source.waits({ status: "open", cursor });
      for (const wait of items) open.set(wait.id, wait);
      oldest = nextCursor === null ? "" : (items.at(-1)?.createdAt ?? "");
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    const { waits } = this.feed.read();
    const ended = [...this.#askedFor].filter((id) => !open.has(id) && waits.get(id)?.status === "open" && waits.get(id)!.createdAt > oldest);
    for (const id of ended) this.#askedFor.delete(id);
    if (ended.length > 0) this.feed.add((model) => withoutWaits(model, ended));
  }

  async moreSteps(): Promise<void> {
    const before = this.feed.read().moreOpenSteps;
    do {
      const { steps, next } = await this.source.openSteps({ after: this.#steps });
      this.feed.add((model) => withMore(model, { waits: [], steps }));
      this.#steps = next ?? undefined;
    } while (this.#steps !== undefined && this.feed.read().moreOpenSteps === before);
  }
}
