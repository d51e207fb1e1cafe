import type { CancelSource, EngineCommand, ErrorRef, ExitReason, Path, Resumption, WaitSpec } from "./events";
import type { Plan, PlanNode } from "./plan";

/**
 * The state of one run: plain JSON, no payloads. A *frame* is one running execution of a slot: the run's own level (``),
 * a container's slot (`try:body`) or an iteration (`loop[3]`). Frames go when they close, so a loop of 10,000 items holds
 * only the iterations in flight.
 */
export interface RunState {
  seq: number;
  startedAt: number;
  finished: boolean;
  frames: Record<string, Frame>;
  /** Pending timers and when they are due. */
  timers: Record<string, number>;
  /** Steps executing now (waiting and backing off do not count). */
  executing: number;
  /** Steps held back by `maxParallel`, in order; those before `heldFrom` have gone (so that each is moved once, not at every event). */
  held: Path[];
  heldFrom: number;
  /** The run's end has been decided; its output is being made. */
  exiting: ExitReason | null;
  cancel: { source: CancelSource; reason?: string } | null;
}

export interface Frame {
  key: string;
  /** What step paths of this frame begin with: `` or `loop[3]/`. */
  prefix: string;
  slotKey: string;
  /** Container execution it belongs to; null for the run's level. */
  owner: Path | null;
  iteration: number | null;
  /** Nodes whose fate is open: not decided, or still active. */
  remaining: number;
  active: number;
  nodes: Record<string, NodeState>;
  unwind: Unwind | null;
}

export type Unwind =
  | { kind: "error"; error: ErrorRef }
  /** break and continue end at the loop `target`, stop at the run (target ``); `by` is the node that asked. */
  | { kind: "break" | "continue" | "stop"; target: Path; by: Path }
  | { kind: "cancel" };

export type NodePhase =
  | "pending"
  | "held"
  | "running"
  | "backoff"
  | "waiting"
  | "entering"
  | "open"
  | "exiting"
  | "succeeded"
  | "failed"
  | "skipped"
  | "dead"
  | "cancelled";

export interface NodeState {
  phase: NodePhase;
  /** Incoming edges not decided yet, and sources of those taken. */
  open: number;
  taken: string[];
  attempt: number;
  /** Start of the first attempt. */
  firstAt: number;
  /** A cancel was asked of the running step. */
  cancelling: boolean;
  wait?: WaitSpec;
  resume?: Resumption;
  error?: ErrorRef;
  box?: BoxState;
}

/** What a container execution needs while it is open. */
export interface BoxState {
  openFrames: number;
  /** Why the container will end otherwise than by success. */
  pending: Unwind | null;
  /** Told from outside to end. */
  ending: boolean;
  /** A loop that `break` ended: no further iterations. */
  broken: boolean;
  /** Slot whose sinks make the output. */
  resultSlot?: string;
  /** forEach: how many items; iterations begun; iterations done. */
  items: number;
  next: number;
  done: number;
  /** Iterations whose frame is open. */
  running: Record<string, true>;
  /** Iterations whose output is being made, and how they ended. */
  exits: Record<string, Unwind | null>;
  /** while: the condition of this iteration is being evaluated. */
  iterating: number | null;
  /** tryCatch: the error the body ended with. */
  caught?: ErrorRef;
  exitReason?: ExitReason;
}

export interface Decision {
  /** False: the event was late or a duplicate; nothing changed and it must not be journaled. */
  accepted: boolean;
  commands: EngineCommand[];
}

/** One `decide` in progress: the mutable state, the commands so far, the event's time. */
export interface Context {
  plan: Plan;
  state: RunState;
  at: number;
  commands: EngineCommand[];
  /** Work put off, so that long chains of skipped nodes do not recurse and modules need not call upwards. */
  agenda: Work[];
}

export type Work =
  | { type: "consider"; frame: Frame; id: string }
  | { type: "close"; frame: Frame }
  | { type: "cancelNodes"; frame: Frame; ids: readonly string[] };

export interface Instance {
  path: Path;
  frame: Frame;
  node: PlanNode;
  status: NodeState;
}

const ITERATION = /^(.*)\[(\d+)\]$/;

/** Splits `loop[3]` into the loop's path and the index; null for any other path. */
export function splitIteration(path: Path): { loop: Path; index: number } | null {
  const found = ITERATION.exec(path);
  return found === null ? null : { loop: found[1] ?? "", index: Number(found[2]) };
}

export function nodeIdOf(path: Path): string {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return splitIteration(last)?.loop ?? last;
}

/** Path of what holds this path: `loop[3]` for `loop[3]/fetch`, `` at the run's level. */
export function parentPath(path: Path): Path {
  const cut = path.lastIndexOf("/");
  return cut < 0 ? "" : path.slice(0, cut);
}

/** Key of the frame a path lives in. */
export function frameKeyOf(plan: Plan, path: Path): string {
  const parent = parentPath(path);
  if (parent === "" || parent.endsWith("]")) return parent;
  const slotKey = plan.nodes[nodeIdOf(path)]?.slotKey ?? "";
  return `${parent}:${slotKey.slice(slotKey.indexOf(":") + 1)}`;
}

/** The execution a path names, if it is part of an open frame and its node has been touched. */
export function locate(plan: Plan, state: RunState, path: Path): Instance | null {
  const node = plan.nodes[nodeIdOf(path)];
  const frame = state.frames[frameKeyOf(plan, path)];
  const status = node === undefined ? undefined : frame?.nodes[node.id];
  return node === undefined || frame === undefined || status === undefined ? null : { path, frame, node, status };
}

export function newNodeState(open: number): NodeState {
  return { phase: "pending", open, taken: [], attempt: 0, firstAt: 0, cancelling: false };
}

export function newBox(): BoxState {
  return { openFrames: 0, pending: null, ending: false, broken: false, items: 0, next: 0, done: 0, running: {}, exits: {}, iterating: null };
}

export function isSettled(phase: NodePhase): boolean {
  return phase === "succeeded" || phase === "failed" || phase === "skipped" || phase === "dead" || phase === "cancelled";
}

/** The first reason stands, except that a cancel from outside replaces any other. */
export function stronger(current: Unwind | null, next: Unwind): Unwind {
  return current === null || (next.kind === "cancel" && current.kind !== "cancel") ? next : current;
}
