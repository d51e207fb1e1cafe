import type { RunView, StepDelta } from "@/server/runs/contract";
import { isFinal, merge, newModel, type RunModel } from "./run-model";

/** Keeps the model of one run current: asks for what changed since, one question at a time. */
export class RunFeed {
  #model: RunModel;
  #asking: Promise<void> | null = null;
  #isAskedAgain = false;
  readonly #listeners = new Set<() => void>();

  constructor(
    view: RunView,
    private readonly fetchDelta: (afterSeq: number) => Promise<StepDelta>,
  ) {
    this.#model = newModel(view);
    if (view.more) void this.pull();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): RunModel => this.#model;

  get isFinished(): boolean {
    return isFinal(this.#model.run.status);
  }

  /** Never rejects. Several calls while one question is under way make one more question. */
  pull(): Promise<void> {
    if (this.#asking !== null) {
      this.#isAskedAgain = true;
      return this.#asking;
    }
    this.#asking = this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      try {
        const delta = await this.fetchDelta(this.#model.seq);
        this.#model = merge(this.#model, delta);
        if (delta.more) this.#isAskedAgain = true;
      } catch {
        // Not answered: the next change or poll asks again, and the page says when the stream is gone.
        this.#isAskedAgain = false;
      }
      for (const listener of this.#listeners) listener();
    } while (this.#isAskedAgain);
  }
}
