import type { Graph, GraphNode } from "@/components/canvas/read-graph";
import { asStatus, type Status } from "@/components/status/statuses";
import type { StepSummary, WaitSummary } from "@/server/runs/contract";
import { NOTHING_HELD, type HeldStep, type HeldSteps } from "./held-steps";
import { isLoop, iterationPath, nodesById, pathOfNode, type Iterations } from "./paths";
import { latestAttempt, type RunModel } from "./run-model";
import { attemptSegment, holdSegment, pauseSegments, waitSegments, withQueue, type QueueTime, type Span, type TimelineSegment } from "./timeline-segments";

export interface TimelineRow {
  path: string;
  node: GraphNode;
  /** Set for one iteration of the loop that `node` is. */
  iteration: number | null;
  /** Null: nothing opens below it. */
  isOpen: boolean | null;
  depth: number;
  /** Null: an iteration that is not loaded yet. */
  status: Status | null;
  segments: TimelineSegment[];
  /** Iterations of a loop that were begun, and how many items there are, when known. */
  loop: { indices: readonly number[]; shown: number; items: number | null } | null;
  startedAt: number | null;
  finishedAt: number | null;
}

export interface Timeline {
  from: number;
  to: number;
  /** The run's own start; what is before was spent in the queue. */
  startedAt: number;
  queue: QueueTime | null;
  rows: TimelineRow[];
}

const MAX_ITERATION_SEGMENTS = 300;

/**
 * The waterfall: a row per node that was reached, in the order of their beginnings, containers above what they hold. Below a loop
 * stands its shown iteration, or, when its path is in `opened`, a row for each of them; below those that are opened, their steps.
 */
export function buildTimeline(model: RunModel, graph: Graph, iterations: Iterations, now: number, opened: ReadonlySet<string> = NOTHING_OPENED, held: HeldSteps = NOTHING_HELD): Timeline {
  const created = Date.parse(model.run.createdAt);
  // Of a run that has not begun yet, all of the time is spent in the queue.
  const startedAt = model.run.startedAt === null ? (model.run.finishedAt === null ? Math.max(created, now) : created) : Date.parse(model.run.startedAt);
  const to = Math.max(startedAt + 1, model.run.finishedAt === null ? now : Date.parse(model.run.finishedAt));
  const { from, queue } = withQueue(created, startedAt, to);
  const waits = waitsByPath(model);
  const byId = nodesById(graph);
  const rows: TimelineRow[] = [];
  const add = (parent: string | null, depth: number, shown: Iterations) => {
    const reached = graph.nodes.flatMap((node) => {
      if ((node.parent?.id ?? null) !== parent) return [];
      const path = pathOfNode(node, byId, shown);
      const attempts = path === null ? undefined : model.steps.get(path);
      return path === null || (attempts === undefined && !held.has(path)) ? [] : [{ node, path, attempts: attempts ?? [] }];
    });
    const beginOf = ({ path, attempts }: Reached) => (attempts.length > 0 ? startOf(attempts) : Date.parse(held.get(path)!.since));
    reached.sort((one, other) => beginOf(one) - beginOf(other));
    for (const entry of reached) {
      const row = withHold(withWaits(rowOf(model, entry, depth, shown, { from, to }), waits.get(entry.path), { from, to }), held.get(entry.path), { from, to });
      rows.push(isLoop(entry.node) ? { ...row, isOpen: opened.has(entry.path) } : row);
      if (!opened.has(entry.path) || row.loop === null) add(entry.node.id, depth + 1, shown);
      else addIterations(entry, depth + 1, shown);
    }
  };
  const addIterations = ({ node, path: loop }: Reached, depth: number, shown: Iterations) => {
    for (const index of model.loops.get(loop) ?? []) {
      const path = iterationPath(loop, index);
      const attempts = model.steps.get(path);
      const isOpen = opened.has(path);
      rows.push({
        path, node, depth, isOpen, iteration: index, loop: null,
        status: attempts === undefined ? null : asStatus(attempts.at(-1)!.status),
        segments: attempts === undefined ? [] : attemptsOf(attempts, { from, to }),
        startedAt: attempts === undefined ? null : startOf(attempts),
        finishedAt: finishOf(attempts),
      });
      if (isOpen) add(node.id, depth + 1, { ...shown, [loop]: index });
    }
  };
  add(null, 0, iterations);
  return { from, to, startedAt, queue, rows };
}

const NOTHING_OPENED: ReadonlySet<string> = new Set();

interface Reached {
  node: GraphNode;
  path: string;
  attempts: readonly StepSummary[];
}

function rowOf(model: RunModel, { node, path, attempts }: Reached, depth: number, iterations: Iterations, span: Span): TimelineRow {
  const last = attempts.at(-1);
  const indices = isLoop(node) ? (model.loops.get(path) ?? []) : [];
  const isFew = indices.length > 0 && indices.length <= MAX_ITERATION_SEGMENTS && indices.every((index) => model.steps.has(iterationPath(path, index)));
  return {
    path,
    node,
    depth,
    iteration: null,
    isOpen: null,
    status: last === undefined ? "waiting" : asStatus(last.status),
    segments: isFew ? iterationSegments(model, path, indices, span) : attemptsOf(attempts, span),
    loop: isLoop(node) ? { indices, shown: iterations[path] ?? 0, items: last?.items ?? null } : null,
    startedAt: last === undefined ? null : startOf(attempts),
    finishedAt: finishOf(attempts),
  };
}

/** A step that a limit holds: it may have no attempt yet, or one that has not begun. */
function withHold(row: TimelineRow, hold: HeldStep | undefined, span: Span): TimelineRow {
  if (hold === undefined) return row;
  return { ...row, status: "waiting", startedAt: row.startedAt ?? Date.parse(hold.since), finishedAt: null, segments: [...row.segments, holdSegment(hold, span)] };
}

function attemptsOf(attempts: readonly StepSummary[], span: Span): TimelineSegment[] {
  return [...pauseSegments(attempts, span), ...attempts.map((attempt) => attemptSegment(attempt, span, `Attempt ${attempt.attempt}`))];
}

function waitsByPath(model: RunModel): ReadonlyMap<string, WaitSummary[]> {
  const waits = new Map<string, WaitSummary[]>();
  for (const wait of model.waits.values()) waits.set(wait.path, [...(waits.get(wait.path) ?? []), wait]);
  return waits;
}

/** Waits lie over the attempts that they are part of; the turn before an attempt lies before it. */
function withWaits(row: TimelineRow, waits: readonly WaitSummary[] | undefined, span: Span): TimelineRow {
  return waits === undefined ? row : { ...row, segments: [...row.segments, ...waitSegments(waits, span)] };
}

function finishOf(attempts: readonly StepSummary[] | undefined): number | null {
  const finishedAt = attempts?.at(-1)?.finishedAt ?? null;
  return finishedAt === null ? null : Date.parse(finishedAt);
}

function iterationSegments(model: RunModel, loop: string, indices: readonly number[], span: Span): TimelineSegment[] {
  return indices.flatMap((index) => {
    const step = latestAttempt(model, iterationPath(loop, index));
    return step === null ? [] : [attemptSegment(step, span, `Iteration ${index + 1}`)];
  });
}

function startOf(attempts: readonly StepSummary[]): number {
  return Date.parse(attempts[0]!.startedAt);
}
