import type { Admission, AdmissionAnswer, StepTurn, StepTurnRequest } from "./admission-port";
import type { Hold, PutBack, Refusal } from "./refusal-port";
import type { Place, StepPlaceAnswer, StepPlaceRequest } from "./step-places";
import type { CancelSource, FinalRunStatus, Path, RunStatus, StepStatus, WaitSpec } from "./events";
import type { EventRecord, StepRecord } from "./journal";

/**
 * What a durable back end provides so that the runtime (`server/worker`) can drive the engine on it. One conformance
 * suite runs against every implementation: in memory (tests) and PostgreSQL (`server/queue`).
 * Payload texts are stored values in the encoding of `server/expressions/encoding.ts`.
 */
export interface Heartbeat {
  /** Not held any more. */
  lost: string[];
  /** With messages that `inboxSeq` does not cover. */
  unread: string[];
  /** Held, but the lease could not be renewed just now and runs on as it was. */
  late: string[];
}

export interface RunStore {
  /** Makes runs known and claimable, all of them or none. A run whose id is known already is left as it is. */
  enqueue(runs: NewRun[]): Promise<void>;
  /**
   * Takes over up to `limit` due runs of the pools; each claim raises the run's epoch. Of runs with large inputs no further one is taken
   * once those that were taken have come to `maxBytes`. A suspect (`suspects.ts`) is claimed alone, those that were watched at a loss first, or, without `suspect`, not at all.
   */
  claim(request: { workerId: string; pools: string[]; limit: number; maxBytes?: number; suspect?: boolean }): Promise<ClaimedRun[]>;
  /** From now on the worker may be given runs in the commit that makes them known, in place of a claim. A store need not do so. */
  offer(taker: RunTaker): () => void;
  /** The journal of one run in `seq` order, or what of it comes after a record, with the rows of all steps begun and not finished. Payloads are not loaded. */
  history(runId: string, afterSeq?: number): Promise<RunHistory>;
  /** The newest that is kept of the run, for its holder of this epoch. */
  snapshot(runId: string, epoch: number): Promise<KeptSnapshot | null>;
  /** Keeps what the run is; its records up to `seq` are stored. Nothing happens when the epoch is not current any more, or a newer one is kept. */
  keepSnapshot(run: { runId: string; epoch: number } & Snapshot): Promise<void>;
  /** Stored values of step runs, by path: of the named attempt, else the latest that has such a value. */
  values(runId: string, wanted: ValueRequest[]): Promise<Map<string, StoredValue>>;
  /** Messages (signals, answers, child results, cancel) after `afterSeq`, oldest first; no more than `most`. */
  inbox(runId: string, afterSeq: number, most?: number): Promise<InboxMessage[]>;
  /**
   * Writes what a run has to make durable, fenced by its epoch, in one transaction per call; the implementation may gather
   * calls of many runs in one. Resolves `lost` when the epoch is not current any more: nothing was written then.
   */
  flush(batch: RunWrite): Promise<"ok" | "lost">;
  /** Gives up the lease of a run that only waits. `inbox_changed`: a message came in the meantime; the lease is kept. */
  release(release: ReleaseRun): Promise<"released" | "inbox_changed" | "lost">;
  /** Gives up the lease of a run that the store refuses to go on with, until `refusal.until`. `kept`: what it could not write; null: as before. */
  putBack(request: PutBack): Promise<"ok" | "lost">;
  /** For its page: what a held run that is at work waits for. Null: for nothing any more. */
  tellHold(request: { runId: string; epoch: number; hold: Hold | null }): Promise<void>;
  /** What the run was put back with by those who held it before. */
  kept(runId: string): Promise<string | null>;
  /** Takes a claimed run through what stands before its first step. What it has passed it need not pass again when it comes back. */
  admit(request: Admission): Promise<AdmissionAnswer>;
  /** Takes an attempt through the limits of its node. Asked again by the same attempt, it answers what it granted. */
  takeStepTurn(request: StepTurnRequest): Promise<StepTurn>;
  /**
   * A place for one step under a limited key, which it keeps until a flush frees it. Asked again it is the same place.
   */
  takeStepPlace(request: StepPlaceRequest): Promise<StepPlaceAnswer>;
  /** Renews leases; answers which runs are not to be counted on as before. */
  heartbeat(workerId: string, held: HeldRun[]): Promise<Heartbeat>;
  /** Makes claimable what the worker has by name only: the answer to a claim got lost. `held`: all that it really has. */
  giveBackUnheld(workerId: string, held: string[]): Promise<void>;
  /** Puts a message into a run's inbox; false when the run has ended. A second message with the same `key` is dropped. */
  send(message: NewMessage): Promise<boolean>;
  /** Makes claimable what has become due, and what was held by workers whose lease ran out. */
  promote(): Promise<Promotion>;
  /** Hears that something may be claimable or that a held run has a message. A hint: hints may get lost. */
  listen(listener: (wake: Wake) => void): () => void;
  /** Live text of a running step for whoever watches; not stored. */
  publish(chunk: StreamChunk): void;
}

export interface RunTaker {
  workerId: string;
  /** Keeps places free for those of the runs that it takes; null when it takes none. */
  reserve(runs: readonly NewRun[]): Reservation | null;
}

export interface Reservation {
  runIds: ReadonlySet<string>;
  /** Told once: the runs that have become the worker's. The places of the others are free again. */
  settle(claims: readonly ClaimedRun[]): void;
}

/** Name of the signal, by a path, to a step that it may look for its turn. It ends no other wait. People's signals go by their name alone, and may have this one. */
export const TURN_SIGNAL = "turn";

export * from "./admission-port";
export * from "./refusal-port";
export * from "./step-places";

export interface HeldRun {
  runId: string;
  epoch: number;
  inboxSeq: number;
}

export interface Promotion {
  due: number;
  expired: number;
  /** When the next waiting run becomes due, milliseconds from now; null when none waits for a time. */
  nextDueInMs: number | null;
}

/** No pools: in any of them. */
export type Wake = { kind: "ready"; pools: string[] } | { kind: "message"; runId: string };

export interface StreamChunk {
  runId: string;
  workspaceId: string;
  path: Path;
  chunk: string;
}

/** A blob that one run gives another: `from` is the run or event which has it, null when whoever gives it has shown that they may read it. */
export interface GivenFile {
  id: string;
  from: string | null;
}

export interface NewRun {
  id: string;
  workspaceId: string;
  workflowId: string | null;
  versionId: string | null;
  mode: "production" | "test";
  pool: string;
  priority: number;
  /** Encoded value. */
  input: string;
  /** Blobs that were given with input and trigger. What these name and this does not is not the run's own: it reads it by whatever whom it acts for may read. */
  files?: readonly GivenFile[];
  /** The raw event that started the run, encoded; null when nothing but the input is known. */
  trigger: string | null;
  triggerKind: string;
  parent: { runId: string; path: Path; attempt: number } | null;
  detachedFrom?: { path: Path; attempt: number };
  rootRunId: string;
  depth: number;
  labels: Record<string, string>;
  options: RunOptions;
  /** The environment whose values it sees; null: the workspace has none. */
  environmentId?: string | null;
  /** Whom it acts for and what they might do, encoded; the engine does not look into it. */
  identity?: string;
  /** Name of whom it acts for, where that is not whoever started it. */
  runAs?: string;
  dueAt?: number;
}

/** How a test or partial run differs from a plain one; part of the run, so that every replay sees the same plan. */
export interface RunOptions {
  /** Trigger node the run starts at, when the definition has several. */
  startNode?: string;
  /** Test runs: outputs used in place of running these nodes. */
  pins?: Record<string, unknown>;
  /** Run only what leads to this node, and it. */
  untilNode?: string;
  /** Run only this node, with this scope around it. */
  onlyNode?: { id: string; scope: Record<string, unknown> };
  /** This run repeats part of another: the copied rows end before this path. */
  rerun?: {
    runId: string;
    path: Path;
    /** The engine's clock of the copied journal: when it was copied. (Missing in those made before this was told apart from the first claim.) */
    at?: number;
  };
  /** All of it, with the runs that it starts, is done in its pool, whatever pools they name. */
  keepsPool?: true;
  /** W3C `traceparent` of the request, or of the step of the parent run, that it comes from. */
  trace?: string;
  /** Name for programs of the run's environment, as it was when the run was made. */
  environment?: string;
}

export interface ClaimedRun {
  id: string;
  workspaceId: string;
  workflowId: string | null;
  versionId: string | null;
  epoch: number;
  /** How often a worker was lost on this run since it last made progress. */
  takeovers: number;
  /** How often of these while it was the suspect that its worker watched. */
  lostAlone: number;
  /** The longest of its lives that ended with a worker, since then. */
  livedMs: number;
  /** Null: the store has refused nothing since it last made progress. */
  refusal: Refusal | null;
  /** False: nothing was ever written for the run, `history` need not be asked. */
  hasHistory: boolean;
  /** A snapshot of it is kept. */
  hasSnapshot: boolean;
  /** Key under which the run has a place already. */
  mutexKey: string | null;
  /** Number of the newest message; 0: there was none yet. */
  inboxSeq: number;
  input: string;
  trigger: string | null;
  /** Of input and trigger, where they are large; else 0. */
  givenBytes: number;
  triggerKind: string;
  mode: "production" | "test";
  createdAt: number;
  /** The store's clock at this claim. */
  now: number;
  /** First claim; the clock of the run timeout. */
  startedAt: number;
  parent: NewRun["parent"];
  rootRunId: string;
  depth: number;
  priority: number;
  /** Where it was claimed from, and where its steps run that name no pool. */
  pool: string;
  homePool: string;
  environmentId?: string | null;
  labels: Record<string, string>;
  /** Variables as they were when the run was first claimed, encoded. */
  vars: string | null;
  options: RunOptions;
  identity: string | null;
}

export interface RunHistory {
  records: (StepRecord | EventRecord)[];
  /** Effect steps begun and not finished. */
  started: { path: Path; attempt: number; at: number }[];
  /** The last checkpoint of steps that have not succeeded. */
  checkpoints: { path: Path; text: string }[];
}

export interface ValueRequest {
  path: Path;
  what: "output" | "input" | "error";
  attempt?: number;
}

export interface StoredValue {
  path: Path;
  attempt: number;
  status: StepStatus;
  text: string | null;
}

export interface InboxMessage {
  seq: number;
  kind: "signal" | "answer" | "child" | "cancel";
  /** Step it is for; null for cancel and for signals matched by name: a signal with a path is one of the platform, an answer is for one wait of people's. */
  path: Path | null;
  attempt: number | null;
  /** Name of a signal. */
  name: string | null;
  payload: string | null;
  at: number;
}

export interface NewMessage extends Omit<InboxMessage, "seq" | "at"> {
  runId: string;
  /** Blobs that are given with the payload, as with a run's input. */
  files?: readonly GivenFile[];
  /** Idempotency key. */
  key: string;
}

/** A step-run row as it is to be stored: opened (effect step begun), or ended with its values. */
export interface StepWrite {
  path: Path;
  attempt: number;
  nodeId: string;
  kind: string;
  status: StepStatus;
  /** Entry of a container. */
  entry: StepRecord | null;
  /** End of the step run; null for a row that is only opened (effect step), which is no journal record yet. */
  end: StepRecord | null;
  input?: string | null;
  output?: string | null;
  error?: string | null;
  startedAt: number;
  finishedAt: number | null;
}

export interface RunWrite {
  runId: string;
  workspaceId: string;
  epoch: number;
  steps: StepWrite[];
  events: EventRecord[];
  logs: LogLine[];
  /** Checkpoints of running steps. */
  checkpoints: { path: Path; attempt: number; value: string }[];
  progress: { path: Path; attempt: number; value: string }[];
  waits: WaitWrite[];
  children: NewRun[];
  /** To other runs of the workspace: the result for the parent, a cancel for children. */
  messages: NewMessage[];
  /** The variables this run sees, with the first write that depends on them. */
  vars?: string;
  /** The run made progress since the worker before was lost. */
  resetTakeovers?: boolean;
  /** It was watched, and has done no harm for long enough. */
  isCleared?: boolean;
  /** The run ends in the middle: its open steps and waits end as cancelled, and the child runs it waits for are told to. */
  abandons?: boolean;
  /** Set once, with the last write: the run's end; its queue row goes. */
  finish?: { status: FinalRunStatus; output: string | null; error: string | null; source?: CancelSource; reason?: string; finishedAt: number };
  /** With `finish`: the place that becomes free. */
  frees?: Place;
  /** Attempts that have ended, of steps under limits: they give back what they were given. */
  freesSteps?: Path[];
}

export type WaitWrite =
  /** `seq`: number of the event that opened it, by which it differs from an earlier wait of the same attempt. */
  | { op: "open"; seq: number; path: Path; attempt: number; nodeId: string; wait: WaitSpec; at: number }
  | { op: "close"; path: Path; attempt: number; status: "answered" | "expired" | "cancelled"; at: number }
  | { op: "remind"; path: Path; attempt: number; at: number };

export interface LogLine {
  path: Path;
  attempt: number;
  level: "debug" | "info" | "warn" | "error";
  message: string;
  /** Encoded value. */
  fields?: string;
  at: number;
}

/** What a run is after its record `seq`, for whoever claims it. */
export interface Snapshot {
  seq: number;
  text: string;
}

export interface KeptSnapshot {
  text: string;
  /** The run was released with it and nobody has held it since: no record comes later. */
  isWhole: boolean;
}

export interface ReleaseRun {
  runId: string;
  epoch: number;
  /** Messages handled so far; the release fails when there is a newer one. */
  inboxSeq: number;
  /** Next timer, or null when only a message can wake the run. */
  dueAt: number | null;
  reason: RunStatus & ("waiting" | "queued");
  /** What whoever claims it next may begin with in place of the whole journal. */
  snapshot?: Snapshot;
  /** Goes on in another pool, with this priority there. */
  handOver?: { pool: string; priority: number };
}
