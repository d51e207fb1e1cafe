import type { Path } from "./events";

/** One row of a write cannot be stored (not the connection, the data): its step has to fail, and nothing was written. */
export class UnstorableError extends Error {
  override name = "UnstorableError";

  constructor(
    readonly runId: string,
    /** The step run at fault; null when it is something else of the run. */
    readonly step: { path: Path; attempt: number } | null,
    options: { cause: unknown },
    /** A child run: what it belongs to may have gone since its step chose it. */
    readonly what: "value" | "child" = "value",
  ) {
    super(`a ${what === "child" ? "child run" : "value"} of run ${runId} cannot be stored${step === null ? "" : ` (step ${step.path})`}`, options);
  }
}

/** The store refuses a run for a reason that lies neither in the connection nor in the data, such as a right or a column that is missing: it may be mended. */
export class StoreRefusedError extends Error {
  override name = "StoreRefusedError";

  /** `isPassing`: somebody else has what it needs, and gives it back. */
  constructor(message: string, { isPassing = false, ...options }: ErrorOptions & { isPassing?: boolean } = {}) {
    super(message, options);
    this.isPassing = isPassing;
  }

  readonly isPassing: boolean;
}

/** What the store last said to a run that it refuses. */
export interface Refusal {
  message: string;
  times: number;
  /** When it is tried again. */
  until: number;
  /** When it was refused first. (Missing in what a release before put back.) */
  since?: number;
}

/** Why nothing new of a run begins while its effects go on to their end. `unstorable`: a value of the step at `path`, which fails after that. */
export type Hold = ({ kind: "refused" } & Refusal) | { kind: "unstorable"; message: string; path: Path | null; since: number };

export interface PutBack {
  runId: string;
  epoch: number;
  refusal: Refusal;
  kept: string | null;
}
