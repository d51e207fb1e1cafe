import type { Path } from "./events";
import type { Place } from "./step-places";

export interface Admission {
  runId: string;
  workspaceId: string;
  epoch: number;
  /** Messages handled so far. */
  inboxSeq: number;
  gates: Gates;
}

/** Limits that a run has to pass before its first step, in this order. Keys are unique within the workspace. */
export interface Gates {
  debounce?: { key: string; seconds: number; maxWaitSeconds?: number; maxCount?: number; mergeField?: string };
  /** A run over the limit is refused. */
  rateLimit?: PeriodLimit;
  /** A run over the limit gets a later time. */
  throttle?: PeriodLimit;
  place?: Place & { whenFull: "queue" | "skip" | "cancelOldest" | "cancelNew" };
}

/** No more than `limit` in any span of `periodSeconds`. */
export interface PeriodLimit {
  key: string;
  limit: number;
  periodSeconds: number;
}

export type AdmissionAnswer =
  /** It has its place, which it keeps until it ends. */
  | { kind: "admitted" }
  /** There is no place; the lease is given up, and the run becomes claimable with the place that the end of another frees. */
  | { kind: "blocked" }
  /** The lease is given up until then. */
  | { kind: "delayed"; dueAt: number }
  /** It has to end. `counts`: as a cancelled run, not as one that was skipped. */
  | { kind: "refused"; reason: string; counts: boolean }
  /** There is a newer message, maybe a cancel: nothing was decided. */
  | { kind: "inbox_changed" }
  | { kind: "lost" };

export interface StepTurnRequest {
  runId: string;
  workspaceId: string;
  epoch: number;
  path: Path;
  attempt: number;
  gates: StepGates;
}

/** Limits that an attempt has to pass before it begins, in this order. Keys are unique within the workspace. */
export interface StepGates {
  /** `list`: an encoded list that is put together with those of the steps whose place it takes. */
  debounce?: { key: string; seconds: number; maxWaitSeconds?: number; maxCount?: number; list?: string };
  rateLimit?: PeriodLimit;
  throttle?: PeriodLimit;
}

/** `list`: that of the request, put together with those of the steps it stands for. */
export type StepTurn =
  | { kind: "go"; list?: string }
  /** It may ask again then; a signal to the attempt tells that it is worth to do so earlier. `count`: steps that it stands for, of a debounce. */
  | { kind: "later"; dueAt: number; count: number | null; list?: string }
  /** A newer step has taken its place. */
  | { kind: "superseded"; by: string }
  /** The rate limit is reached; it makes no sense to try again before. */
  | { kind: "refused"; notBefore: number; list?: string }
  | { kind: "lost" };
