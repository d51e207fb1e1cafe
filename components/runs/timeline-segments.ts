import { asStatus, type Status } from "@/components/status/statuses";
import type { StepSummary, WaitSummary } from "@/server/runs/contract";
import type { HeldStep } from "./held-steps";

/** What a bar stands for. `pause`: between the end of one attempt and the beginning of the next. */
export type SegmentKind = "attempt" | "wait" | "pause" | "queue";

export interface TimelineSegment {
  key: string;
  kind: SegmentKind;
  status: Status;
  /** Share of the whole time, 0 to 1. */
  start: number;
  length: number;
  milliseconds: number;
  label: string;
}

export interface Span {
  from: number;
  to: number;
}

type Part = Omit<TimelineSegment, "start" | "length" | "milliseconds"> & { begin: number; end: number | null };

/** As shares of the span; what goes on ends with it. */
export function segment({ begin, end, ...part }: Part, { from, to }: Span): TimelineSegment {
  const share = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from)));
  const start = share(begin);
  return { ...part, start, length: Math.max(0, share(end ?? to) - start), milliseconds: Math.max(0, (end ?? to) - begin) };
}

export function attemptSegment(step: StepSummary, span: Span, label: string): TimelineSegment {
  return segment({ key: `${step.path}#${step.attempt}`, kind: "attempt", status: asStatus(step.status), begin: Date.parse(step.startedAt), end: timeOf(step.finishedAt), label }, span);
}

/** The time between attempts, in which the step waited to be tried again. */
export function pauseSegments(attempts: readonly StepSummary[], span: Span): TimelineSegment[] {
  return attempts.flatMap((step, index) => {
    const before = timeOf(attempts[index - 1]?.finishedAt ?? null);
    const begin = Date.parse(step.startedAt);
    if (before === null || before >= begin) return [];
    return [segment({ key: `${step.path}#${step.attempt} pause`, kind: "pause", status: "waiting", begin: before, end: begin, label: `Pause before attempt ${step.attempt}` }, span)];
  });
}

const WAITED_FOR: Readonly<Record<WaitSummary["kind"], string>> = { approval: "an approval", signal: "a signal", delay: "its time", child: "another run", turn: "its turn" };

/** What of the time was spent waiting for somebody or something. */
export function waitSegments(waits: readonly WaitSummary[], span: Span): TimelineSegment[] {
  return waits
    .map((wait) => segment({ key: wait.id, kind: "wait", status: "waiting", begin: Date.parse(wait.createdAt), end: timeOf(wait.closedAt), label: `Waited for ${WAITED_FOR[wait.kind]}` }, span))
    .sort((one, other) => one.start - other.start);
}

/** A limit holds the step until now. */
export function holdSegment({ path, since, text }: HeldStep, span: Span): TimelineSegment {
  return segment({ key: `${path} held`, kind: "wait", status: "waiting", begin: Date.parse(since), end: null, label: text }, span);
}

export interface QueueTime {
  segment: TimelineSegment;
  /** It was longer than is drawn. */
  isCut: boolean;
}

const LEAST_SHARE = 0.01;
const LEAST_MILLISECONDS = 50;

/** From where to draw, and the time in the queue before the start: at most half of the drawing, and nothing when it hardly took any. */
export function withQueue(created: number, started: number, to: number): { from: number; queue: QueueTime | null } {
  const queued = started - created;
  const whole = Math.max(1, to - started);
  if (queued < Math.max(LEAST_MILLISECONDS, whole * LEAST_SHARE)) return { from: started, queue: null };
  const from = Math.max(created, started - whole);
  const drawn = segment({ key: "queue", kind: "queue", status: "queued", begin: created, end: started, label: "In the queue before the start" }, { from, to: Math.max(to, started + 1) });
  return { from, queue: { segment: drawn, isCut: from > created } };
}

function timeOf(moment: string | null): number | null {
  return moment === null ? null : Date.parse(moment);
}
