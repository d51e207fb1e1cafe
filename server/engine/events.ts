/**
 * What goes in and out of the engine. Every event given to `decide` and accepted is one journal record with the next
 * `seq`; replaying the records in that order gives the same state. Times are milliseconds since 1970, taken by the
 * worker when the event was made; the engine reads no clock.
 *
 * Paths name executions: `fetch`, `loop[3]/fetch`, `try/handler`; a container `loop`, one iteration of it `loop[3]`,
 * the run itself ``. Node ids are unique in a definition, so a path needs no slot names.
 */
export type Path = string;

/** Where an error's full value is stored (the step run that failed), or an error that the engine itself raised. */
export type ErrorRef =
  | { path: Path; attempt: number }
  | { code: EngineErrorCode; message: string; path: Path };

export type EngineErrorCode = "iteration_cap" | "run_timeout" | "cancelled";

export type RunStatus = "queued" | "running" | "waiting" | "blocked" | "succeeded" | "failed" | "cancelled";
export type FinalRunStatus = "succeeded" | "failed" | "cancelled";

/** Status of one step run. `skipped`: skipIf or disabled (a node no taken edge leads to has no step run at all). */
export type StepStatus = "running" | "waiting" | "succeeded" | "failed" | "skipped" | "cancelled";

/** Out edges of the node (by index in `PlanNode.out`) whose `when` was false, although their port was chosen. */
export type Untaken = number[];

/** What a step that leaves memory waits for. */
export interface WaitSpec {
  kind: "delay" | "signal" | "approval" | "child" | "turn";
  /** When the wait ends by itself. `delay`: success; `turn`: a limit lets the step begin; the others: the node is resumed with cause `expired`. */
  until?: number;
  remindAt?: number;
  /** Name a signal must carry, `wait.signal` only. */
  signal?: string;
  /** The child run, `child` only; chosen by the worker, the same for every attempt to write it. */
  childRunId?: string;
  /** What the driver and the pages need to know (form schema, who may answer, child version …); not read by the engine. */
  detail?: unknown;
}

export type StepOutcome =
  | { status: "succeeded"; port?: string; untaken?: Untaken }
  | { status: "skipped"; untaken?: Untaken }
  /**
   * `untaken` counts for the port that `onError` will choose (`out` for continue, `error` for route).
   * `fatal`: routing itself failed (a `when` threw): when no attempt follows, the error is unhandled whatever `onError` says.
   * `notBefore`: a further attempt makes no sense earlier, milliseconds since 1970.
   */
  | { status: "failed"; retryable: boolean; untaken?: Untaken; fatal?: boolean; notBefore?: number }
  | { status: "cancelled" }
  | { status: "waiting"; wait: WaitSpec };

/** What entering a container found: which slots run, or how many items there are. */
export type EnterOutcome =
  | { status: "entered"; items?: number; slot?: string }
  | { status: "skipped"; untaken?: Untaken }
  /** A pinned output (test runs): the container counts as succeeded without running. */
  | { status: "pinned"; untaken?: Untaken }
  | { status: "failed"; untaken?: Untaken; fatal?: boolean };

export type ExitOutcome =
  | { status: "succeeded"; untaken?: Untaken }
  | { status: "failed"; untaken?: Untaken; fatal?: boolean }
  | { status: "cancelled" };

export type EngineEvent =
  /** `kept`: of a re-run's copied journal; the step ended in the run before, though `maxParallel` would hold it back in this one. */
  | { type: "step"; path: Path; attempt: number; at: number; outcome: StepOutcome; kept?: true }
  | { type: "entered"; path: Path; at: number; outcome: EnterOutcome }
  /** A `while` condition was true for iteration `index`. (False is reported as the container's `exited`.) */
  | { type: "iterated"; path: Path; index: number; at: number }
  /** A container, an iteration (`loop[3]`) or the run (``) has its output. */
  | { type: "exited"; path: Path; at: number; outcome: ExitOutcome }
  | { type: "timer"; id: string; at: number }
  /** An answer, signal or finished child for a waiting step; the payload is stored under `ref` by the driver. */
  | { type: "signal"; path: Path; attempt: number; at: number; ref: string }
  | { type: "cancel"; at: number; source: CancelSource; reason?: string };

/** `limit`: a limit on runs let it not start, or gave its place to another. */
export type CancelSource = "user" | "parent" | "timeout" | "system" | "limit";

/** Why a waiting step goes on. `turn`: it has not begun yet, and looks anew whether it may. */
export type Resumption = { cause: "signal"; ref: string } | { cause: "elapsed" } | { cause: "turn" };

/** How a container, iteration or run ended before its output is made. */
export type ExitReason =
  | { status: "succeeded"; slot?: string }
  /** Ended by `break`, `continue` or `stop`: the output is that node's output. `own` when it was aimed at this very loop or run. */
  | { status: "interrupted"; by: Path; own: boolean }
  | { status: "failed"; error: ErrorRef }
  | { status: "cancelled" };

export type EngineCommand =
  | { type: "startStep"; path: Path; nodeId: string; attempt: number; taken: string[]; resume?: Resumption }
  /** Evaluate skipIf and the container's entry (condition, case, items); answered by `entered`. */
  | { type: "enter"; path: Path; nodeId: string }
  /** Evaluate a `while` condition; answered by `iterated`, or by the container's `exited`. */
  | { type: "iterate"; path: Path; nodeId: string; index: number }
  /** Make the output and edge decisions of a container, iteration or run; answered by `exited`. */
  | { type: "exit"; path: Path; nodeId: string | null; index?: number; reason: ExitReason; iterations?: number }
  /** Abort a running step; answered by its `step` event, whatever its outcome. */
  | { type: "cancelStep"; path: Path; attempt: number }
  | { type: "setTimer"; id: string; at: number }
  | { type: "clearTimer"; id: string }
  | { type: "openWait"; path: Path; attempt: number; wait: WaitSpec }
  | { type: "startChild"; path: Path; attempt: number; wait: WaitSpec }
  /**
   * The step no longer waits: its wait row closes. `cancelled`: the step run ends as cancelled, and so does a child. (The wait may
   * never have opened, when the step was being aborted, or be answered already, when `maxParallel` held the step back.)
   */
  | { type: "closeWait"; path: Path; attempt: number; wait: WaitSpec; cancelled: boolean }
  | { type: "remind"; path: Path; attempt: number; wait: WaitSpec }
  | { type: "finishRun"; status: FinalRunStatus; error?: ErrorRef; source?: CancelSource; reason?: string };
