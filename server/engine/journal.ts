import type { CancelSource, EngineEvent, EnterOutcome, ExitOutcome, Path, StepOutcome, StepStatus, WaitSpec } from "./events";

/**
 * The stored form of events. A step-run row carries up to two of them (a container's entry and its end); what has no
 * row of its own, or could happen twice to one, is an event row. `fold` order is `seq`, never time.
 */
export type JournalRecord = StepRecord | EventRecord;

export interface StepRecord {
  table: "step";
  seq: number;
  path: Path;
  attempt: number;
  /** `enter` opens the row of a container and leaves it running; `finish` ends a row. */
  phase: "enter" | "finish";
  status: StepStatus;
  /** What replay needs beyond the status; null in the common case (succeeded, port `out`, every edge taken). */
  decision: StepDecision | null;
  at: number;
}

export interface StepDecision {
  port?: string;
  untaken?: number[];
  retryable?: boolean;
  fatal?: boolean;
  notBefore?: number;
  items?: number;
  slot?: string;
  /** A container that ended on entry: skipped, pinned, failed. */
  entry?: EnterOutcome["status"];
  /** See the event. */
  kept?: true;
}

export interface EventRecord {
  table: "event";
  seq: number;
  type: "waiting" | "iterated" | "timer" | "signal" | "cancel";
  path: Path | null;
  body: EventBody;
  at: number;
}

export type EventBody =
  | { attempt: number; wait: WaitSpec; kept?: true }
  | { index: number }
  | { timer: string }
  | { attempt: number; ref: string }
  | { source: CancelSource; reason?: string };

const ITERATION_OR_RUN = 1;

/** The record of an accepted event. The run's own exit has none: it is stored as the end of the run. */
export function toRecord(event: EngineEvent, seq: number): JournalRecord | null {
  switch (event.type) {
    case "step":
      return event.outcome.status === "waiting"
        ? { table: "event", seq, type: "waiting", path: event.path, body: { attempt: event.attempt, wait: event.outcome.wait, ...keptOf(event) }, at: event.at }
        : { table: "step", seq, path: event.path, attempt: event.attempt, phase: "finish", status: event.outcome.status, decision: stepDecision(event.outcome, keptOf(event)), at: event.at };
    case "entered":
      return enterRecord(event.path, event.outcome, seq, event.at);
    case "exited":
      if (event.path === "") return null;
      return { table: "step", seq, path: event.path, attempt: ITERATION_OR_RUN, phase: "finish", status: event.outcome.status, decision: exitDecision(event.outcome), at: event.at };
    case "iterated":
      return { table: "event", seq, type: "iterated", path: event.path, body: { index: event.index }, at: event.at };
    case "timer":
      return { table: "event", seq, type: "timer", path: null, body: { timer: event.id }, at: event.at };
    case "signal":
      return { table: "event", seq, type: "signal", path: event.path, body: { attempt: event.attempt, ref: event.ref }, at: event.at };
    case "cancel":
      return { table: "event", seq, type: "cancel", path: null, body: { source: event.source, ...(event.reason === undefined ? {} : { reason: event.reason }) }, at: event.at };
  }
}

function compact(decision: StepDecision): StepDecision | null {
  const kept = Object.entries(decision).filter(([, value]) => value !== undefined && value !== false);
  return kept.length === 0 ? null : (Object.fromEntries(kept) as StepDecision);
}

function stepDecision(outcome: Exclude<StepOutcome, { status: "waiting" }>, kept: { kept?: true }): StepDecision | null {
  switch (outcome.status) {
    case "succeeded":
      return compact({ port: outcome.port === "out" ? undefined : outcome.port, untaken: nonEmpty(outcome.untaken), ...kept });
    case "skipped":
      return compact({ untaken: nonEmpty(outcome.untaken), ...kept });
    case "failed":
      return compact({ retryable: outcome.retryable, untaken: nonEmpty(outcome.untaken), fatal: outcome.fatal, notBefore: outcome.notBefore, ...kept });
    case "cancelled":
      return compact(kept);
  }
}

function keptOf({ kept }: { kept?: true }): { kept?: true } {
  return kept === true ? { kept } : {};
}

function exitDecision(outcome: ExitOutcome): StepDecision | null {
  return outcome.status === "cancelled" ? null : compact({ untaken: nonEmpty(outcome.untaken), fatal: outcome.status === "failed" ? outcome.fatal : undefined });
}

function enterRecord(path: Path, outcome: EnterOutcome, seq: number, at: number): StepRecord {
  const base = { table: "step", seq, path, attempt: 1, at } as const;
  if (outcome.status === "entered") {
    return { ...base, phase: "enter", status: "running", decision: compact({ items: outcome.items, slot: outcome.slot }) };
  }
  const status = outcome.status === "pinned" ? "succeeded" : outcome.status;
  const fatal = outcome.status === "failed" ? outcome.fatal : undefined;
  return { ...base, phase: "finish", status, decision: compact({ entry: outcome.status, untaken: nonEmpty(outcome.untaken), fatal }) };
}

function nonEmpty(list: number[] | undefined): number[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

/** The event a record was made from. `isContainerPath` tells containers and iterations (`loop[3]`) from steps. */
export function toEvent(record: JournalRecord, isContainerPath: (path: Path) => boolean): EngineEvent {
  if (record.table === "event") return eventFromBody(record);
  const { path, attempt, at, status } = record;
  const d = record.decision ?? {};
  const untaken = d.untaken === undefined ? {} : { untaken: d.untaken };
  const fatal = d.fatal === undefined ? {} : { fatal: d.fatal };
  if (record.phase === "enter") {
    return { type: "entered", path, at, outcome: { status: "entered", ...(d.items === undefined ? {} : { items: d.items }), ...(d.slot === undefined ? {} : { slot: d.slot }) } };
  }
  if (d.entry !== undefined && d.entry !== "entered") {
    return { type: "entered", path, at, outcome: { status: d.entry, ...untaken, ...fatal } };
  }
  if (isContainerPath(path)) {
    if (status === "cancelled") return { type: "exited", path, at, outcome: { status } };
    return { type: "exited", path, at, outcome: status === "failed" ? { status, ...untaken, ...fatal } : { status: "succeeded", ...untaken } };
  }
  return { type: "step", path, attempt, at, outcome: outcomeFromRow(status, d, untaken, fatal), ...keptOf(d) };
}

function outcomeFromRow(status: StepStatus, d: StepDecision, untaken: { untaken?: number[] }, fatal: { fatal?: boolean }): StepOutcome {
  switch (status) {
    case "succeeded":
      return { status, ...(d.port === undefined ? {} : { port: d.port }), ...untaken };
    case "skipped":
      return { status, ...untaken };
    case "failed":
      return { status, retryable: d.retryable ?? false, ...untaken, ...fatal, ...(d.notBefore === undefined ? {} : { notBefore: d.notBefore }) };
    case "cancelled":
      return { status };
    case "running":
    case "waiting":
      throw new Error(`an unfinished step run (${status}) is no journal record`);
  }
}

function eventFromBody(record: EventRecord): EngineEvent {
  const path = record.path ?? "";
  const { at, body } = record;
  switch (record.type) {
    case "waiting": {
      const { attempt, wait, kept } = body as Extract<EventBody, { wait: WaitSpec }>;
      return { type: "step", path, attempt, at, outcome: { status: "waiting", wait }, ...keptOf({ kept }) };
    }
    case "iterated":
      return { type: "iterated", path, index: (body as { index: number }).index, at };
    case "timer":
      return { type: "timer", id: (body as { timer: string }).timer, at };
    case "signal": {
      const { attempt, ref } = body as { attempt: number; ref: string };
      return { type: "signal", path, attempt, at, ref };
    }
    case "cancel": {
      const { source, reason } = body as { source: CancelSource; reason?: string };
      return { type: "cancel", at, source, ...(reason === undefined ? {} : { reason }) };
    }
  }
}
