import { version } from "@/package.json";
import type { StepStatus } from "@/server/engine/events";
import { restoreState, snapshot } from "@/server/engine/pending";
import type { RunHistory } from "@/server/engine/ports";
import { splitIteration, type BoxState, type Frame, type NodeState, type RunState } from "@/server/engine/state";

/** A larger one is not worth its while: it would be written again whenever the run leaves memory. */
const MOST_BYTES = 256 * 1024;
/** Of open frames; it takes time to find out that a state is too large. */
const MOST_FRAMES = 500;

/**
 * What a run is when it leaves memory, for whoever claims it next: its journal need not be folded from the beginning. Nothing is lost with
 * it. It holds only if nobody has held the run since, which the store sees by the epoch.
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
export function packSnapshot({ state, ...rest }: RunSnapshot): string | null {
  if (Object.keys(state.frames).length > MOST_FRAMES) return null;
  const text = JSON.stringify({ format: SNAPSHOT_FORMAT, ...rest, state: snapshot(state) });
  return Buffer.byteLength(text) > MOST_BYTES ? null : text;
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
  for (const [path, { attempt, status }] of entries) {
    const iteration = splitIteration(path);
    const last = packed.at(-1);
    if (iteration === null) packed.push([path, attempt, status]);
    else if (last?.length === 5 && last[0] === iteration.loop && last[1] === attempt && last[2] === status && last[3] + last[4] === iteration.index) last[4] += 1;
    else packed.push([iteration.loop, attempt, status, iteration.index, 1]);
  }
  return packed;
}

export function* unpackPaths(packed: readonly PackedPath[]): Generator<readonly [path: string, ended: Ended]> {
  for (const [path, attempt, status, first, count] of packed) {
    if (first === undefined || count === undefined) yield [path, { attempt, status }];
    else for (let index = first; index < first + count; index++) yield [`${path}[${index}]`, { attempt, status }];
  }
}
