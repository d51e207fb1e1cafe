import type { Path } from "./events";

/** Name of the signal, by a path, to an attempt that has, or waits for, a place which a newer one takes. */
export const GIVE_WAY_SIGNAL = "give way";

export type WhenFull = "queue" | "skip" | "cancelOldest" | "cancelNew";

/** `skip` and `cancelNew`: the step stands in no line. `cancelOldest`: of all under the key the newest keep their places. */
export interface StepPlace extends Place {
  whenFull: WhenFull;
}

export interface StepPlaceRequest {
  runId: string;
  workspaceId: string;
  epoch: number;
  path: Path;
  attempt: number;
  place: StepPlace;
}

/**
 * `full`: it stands in line, and a `TURN_SIGNAL` tells it of the place that it has got; `giveWay` are to get a `GIVE_WAY_SIGNAL`, and are named again
 * when it asks again. `refused`: there is no place, and it stands in no line. `gaveWay`: a newer one took its.
 */
export type StepPlaceAnswer = { kind: "taken" | "refused" | "gaveWay" | "lost" } | { kind: "full"; giveWay: readonly HeldPlace[] };

export interface HeldPlace {
  runId: string;
  path: Path;
  attempt: number | null;
}

/** A key that only so many runs of the workspace may hold at the same time. */
export interface Place {
  key: string;
  limit: number;
}
