import type { RunView, StepDelta, StepSummary } from "@/server/runs/contract";
import { isFinal, merge, newModel, withSteps, type RunModel } from "./run-model";

export const ITERATIONS_PER_PAGE = 200;
/** Iterations whose steps are kept current; of those looked at before, the steps stay as they were. */
const FOLLOWED_ITERATIONS = 40;

export interface RunSource {
  /** What changed, of the outline and of these iterations (`loop[3]`); `under`: all of one of them. */
  changes: (question: { afterSeq: number; within: readonly string[]; under?: string }) => Promise<StepDelta>;
  iterations: (question: { loop: string; from: number; limit: number }) => Promise<{ steps: readonly StepSummary[] }>;
}

/** Keeps the model of one run current: asks for what changed since, one question at a time. Iterations come when they are looked at. */
export class RunFeed {
  #model: RunModel;
  #asking: Promise<void> | null = null;
  #isAskedAgain = false;
  #followed: string[] = [];
  readonly #pages = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(
    view: RunView,
    private readonly source: RunSource,
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

  /** Loads the steps of these iterations and keeps them current. */
  follow(iterations: readonly string[]): void {
    const added = iterations.filter((path) => !this.#followed.includes(path));
    if (added.length === 0) return;
    this.#followed = [...this.#followed, ...added].slice(-FOLLOWED_ITERATIONS);
    for (const path of added) {
      void this.#load(path, async () => {
        const answer = await this.source.changes({ afterSeq: 0, within: [path], under: path });
        return (model) => merge(model, { ...answer, seq: model.seq, moreOpenSteps: model.moreOpenSteps });
      });
    }
  }

  /** Loads the pages of a loop's iterations that these places are on. */
  showIterations(loop: string, first: number, last: number): void {
    for (let page = Math.floor(first / ITERATIONS_PER_PAGE); page <= Math.floor(last / ITERATIONS_PER_PAGE); page++) {
      const key = `${loop} ${page}`;
      if (this.#pages.has(key)) continue;
      this.#pages.add(key);
      const question = { loop, from: page * ITERATIONS_PER_PAGE, limit: ITERATIONS_PER_PAGE };
      void this.#load(key, async () => {
        const { steps } = await this.source.iterations(question);
        return (model) => withSteps(model, steps);
      });
    }
  }

  /** What was asked for besides. */
  add(change: (model: RunModel) => RunModel): void {
    this.#model = change(this.#model);
    this.#tell();
  }

  /** A question that is not answered may be asked again. */
  async #load(key: string, ask: () => Promise<(model: RunModel) => RunModel>): Promise<void> {
    try {
      const add = await ask();
      // Only now: other answers may have come meanwhile.
      this.#model = add(this.#model);
    } catch {
      this.#pages.delete(key);
      this.#followed = this.#followed.filter((path) => path !== key);
    }
    this.#tell();
  }

  async #ask(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      try {
        const before = this.#model.figures;
        const delta = await this.source.changes({ afterSeq: this.#model.seq, within: this.#followed });
        this.#model = merge(this.#model, delta);
        this.#forgetPages(before);
        if (delta.more) this.#isAskedAgain = true;
      } catch {
        // Not answered: the next change or poll asks again, and the page says when the stream is gone.
        this.#isAskedAgain = false;
      }
      this.#tell();
    } while (this.#isAskedAgain);
  }

  /** Pages on which something may have happened are loaded again when they are in view. */
  #forgetPages(before: RunModel["figures"]): void {
    for (const [loop, { begun, ended }] of this.#model.figures) {
      const earlier = before.get(loop);
      if (earlier === undefined || (earlier.begun === begun && earlier.ended === ended)) continue;
      for (const key of this.#pages) if (key.startsWith(`${loop} `) && !this.#isEnded(loop, Number(key.slice(loop.length + 1)))) this.#pages.delete(key);
    }
  }

  #isEnded(loop: string, page: number): boolean {
    for (let index = page * ITERATIONS_PER_PAGE; index < (page + 1) * ITERATIONS_PER_PAGE; index++) {
      const last = this.#model.steps.get(`${loop}[${index}]`)?.at(-1);
      if (last === undefined || last.finishedAt === null) return false;
    }
    return true;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
