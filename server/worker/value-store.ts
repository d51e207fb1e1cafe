import type { Path, StepStatus } from "@/server/engine/events";
import type { RunStore, StoredValue, ValueRequest } from "@/server/engine/ports";
import { parentPath, splitIteration } from "@/server/engine/state";
import type { Payload } from "@/server/worker/payload";

/** What a run knows of one path: how it ended last, and its values as far as they are in memory. */
export interface PathValues {
  attempt: number;
  status: StepStatus;
  /** Undefined: stored, not loaded yet. Null: there is none. */
  output: Payload | null | undefined;
  error: Payload | null | undefined;
  input: Payload | null | undefined;
}

export type PathValueKind = "output" | "error" | "input";

/**
 * The values of one run's steps, by path. Those of a closed slot or iteration are dropped: nothing can see them any more.
 * After a takeover only the paths are known and values are loaded when something reads them.
 */
export class ValueStore {
  readonly #frames = new Map<string, Map<Path, PathValues>>();

  constructor(
    private readonly runId: string,
    private readonly store: Pick<RunStore, "values">,
    private readonly fetchPayload: (stored: string) => Payload | Promise<Payload>,
  ) {}

  get(path: Path): PathValues | undefined {
    return this.#frames.get(parentPath(path))?.get(path);
  }

  set(path: Path, values: PathValues): void {
    const key = parentPath(path);
    let frame = this.#frames.get(key);
    if (frame === undefined) this.#frames.set(key, (frame = new Map()));
    frame.set(path, values);
  }

  /** All that can be asked for, in the order in which it became known. */
  *known(): Generator<readonly [path: Path, values: PathValues]> {
    for (const frame of this.#frames.values()) yield* frame;
  }

  /** A path known from the journal: its values stay in the store until they are read. */
  note(path: Path, attempt: number, status: StepStatus): void {
    this.set(path, { attempt, status, output: status === "succeeded" ? undefined : null, error: status === "failed" ? undefined : null, input: undefined });
  }

  /** A container or iteration has ended: what happened inside is invisible from now on. */
  drop(path: Path, iterations = 0): void {
    this.#frames.delete(path);
    if (iterations === 0) return;
    const frame = this.#frames.get(parentPath(path));
    for (let index = 0; index < iterations; index++) frame?.delete(`${path}[${index}]`);
  }

  forget(path: Path): void {
    this.#frames.get(parentPath(path))?.delete(path);
  }

  /** Loads those of the wanted values that are known and not in memory. */
  load(wanted: readonly { path: Path; what: PathValueKind }[]): void | Promise<void> {
    const missing = wanted.filter(({ path, what }) => {
      const known = this.get(path);
      return known !== undefined && known[what] === undefined;
    });
    if (missing.length > 0) return this.#fetch(missing);
  }

  async #fetch(missing: readonly { path: Path; what: PathValueKind }[]): Promise<void> {
    for (const what of ["output", "error", "input"] as const) {
      const requests = missing.filter((one) => one.what === what).map(({ path }) => ({ path, what }));
      if (requests.length === 0) continue;
      const found = await this.store.values(this.runId, requests);
      for (const { path } of requests) await this.#keep(path, what, found.get(path));
    }
  }

  async #keep(path: Path, what: PathValueKind, stored: StoredValue | undefined): Promise<void> {
    const payload = stored?.text == null ? null : await this.fetchPayload(stored.text);
    const known = this.get(path);
    if (known !== undefined && known[what] === undefined) known[what] = payload;
  }

  /** One stored value that is not kept, such as the error of a path whose slot is closed. */
  async read(request: ValueRequest): Promise<Payload | null> {
    const stored = (await this.store.values(this.runId, [request])).get(request.path);
    return stored?.text == null ? null : this.fetchPayload(stored.text);
  }
}

export function isIterationPath(path: Path): boolean {
  return splitIteration(path) !== null;
}
