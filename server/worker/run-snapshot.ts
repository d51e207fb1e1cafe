import { version } from "@/package.json";
import type { StepStatus } from "@/server/engine/events";
import { restoreState, snapshot } from "@/server/engine/pending";
import type { RunHistory } from "@/server/engine/ports";
import { splitIteration, type BoxState, type Frame, type NodeState, type RunState } from "@/server/engine/state";

export interface SnapshotLimits {
  bytes: number;
  /** Open ones; it takes time to find out that a state is too large. */
  frames: number;
}

/** A larger one is not worth its while where it is written again whenever the run leaves memory. */
export const SMALL: SnapshotLimits = { bytes: 256 * 1024, frames: 500 };
/** Of one that is written now and then while the run works. */
export const LARGE: SnapshotLimits = { bytes: 1024 * 1024, frames: 2_000 };

/**
 * What a run is after one of its records, for whoever claims it next: its journal need not be folded from the beginning. Nothing is lost
 * with it.
 */
export interface RunSnapshot {
  state: RunState;
  /** How what its values can be asked for has ended. */
  paths: PackedPath[];
  /** Newest message seen, and those that are kept for a wait to come. */
  inbox: { lastSeq: number; kept: number[] };
  checkpoints: RunHistory["checkpoints"];
}

// Whoever adds a field has to name it here, and earlier snapshots are not taken for new ones.
const FIELDS = [
  { seq: 0, startedAt: 0, finished: 0, frames: 0, timers: 0, executing: 0, held: 0, heldFrom: 0, exiting: 0, cancel: 0 } satisfies Record<keyof RunState, 0>,
  { key: 0, prefix: 0, slotKey: 0, owner: 0, iteration: 0, remaining: 0, active: 0, nodes: 0, unwind: 0 } satisfies Record<keyof Frame, 0>,
  { phase: 0, open: 0, taken: 0, attempt: 0, firstAt: 0, cancelling: 0, wait: 0, resume: 0, error: 0, box: 0 } satisfies Record<keyof NodeState, 0>,
  {
    openFrames: 0, pending: 0, ending: 0, broken: 0, resultSlot: 0, items: 0, next: 0, done: 0, running: 0, exits: 0, iterating: 0, caught: 0, exitReason: 0,
  } satisfies Record<keyof BoxState, 0>,
];

/** Another release may fold a journal in another way: what this one has not made is not read. */
export const SNAPSHOT_FORMAT = `${version} ${FIELDS.map((fields) => Object.keys(fields).sort().join()).join(" ")}`;

/** Null: it is too large. */
export function packSnapshot({ state, ...rest }: RunSnapshot, most = SMALL): string | null {
  if (Object.keys(state.frames).length > most.frames) return null;
  const text = JSON.stringify({ format: SNAPSHOT_FORMAT, ...rest, state: snapshot(state) });
  return Buffer.byteLength(text) > most.bytes ? null : text;
}

/** Null: another release has made it. */
export function unpackSnapshot(text: string): RunSnapshot | null {
  const { format, state, ...rest } = JSON.parse(text) as Omit<RunSnapshot, "state"> & { format: unknown; state: string };
  return format === SNAPSHOT_FORMAT ? { ...rest, state: restoreState(state) } : null;
}

/** A path, or iterations in a row from `first` on. */
export type PackedPath = [path: string, attempt: number, status: StepStatus] | [loop: string, attempt: number, status: StepStatus, first: number, count: number];

interface Ended {
  attempt: number;
  status: StepStatus;
}

export function packPaths(entries: Iterable<readonly [path: string, ended: Ended]>): PackedPath[] {
  const packed: PackedPath[] = [];
  const loops = new Map<string, [index: number, ended: Ended][]>();
  for (const [path, ended] of entries) {
    const iteration = splitIteration(path);
    if (iteration === null) packed.push([path, ended.attempt, ended.status]);
    else if (loops.get(iteration.loop)?.push([iteration.index, ended]) === undefined) loops.set(iteration.loop, [[iteration.index, ended]]);
  }
  for (const [loop, iterations] of loops) packed.push(...rowsOf(loop, iterations.sort(([a], [b]) => a - b)));
  return packed;
}

/** Those of a parallel loop have ended in any order. */
function rowsOf(loop: string, iterations: readonly [index: number, ended: Ended][]): PackedPath[] {
  const rows: [loop: string, attempt: number, status: StepStatus, first: number, count: number][] = [];
  for (const [index, { attempt, status }] of iterations) {
    const last = rows.at(-1);
    if (last !== undefined && last[1] === attempt && last[2] === status && last[3] + last[4] === index) last[4] += 1;
    else rows.push([loop, attempt, status, index, 1]);
  }
  return rows;
}

export function* unpackPaths(packed: readonly PackedPath[]): Generator<readonly [path: string, ended: Ended]> {
  for (const [path, attempt, status, first, count] of packed) {
    if (first === undefined || count === undefined) yield [path, { attempt, status }];
    else for (let index = first; index < first + count; index++) yield [`${path}[${index}]`, { attempt, status }];
  }
}
