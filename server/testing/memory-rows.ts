import type { ClaimedRun, InboxMessage, LogLine, NewRun, Refusal, RunWrite, StepWrite, WaitWrite } from "@/server/engine/ports";
import type { EventRecord } from "@/server/engine/journal";
import { givenBytes } from "@/server/queue/given-bytes";

export interface StoredRun {
  run: NewRun;
  /** Where it is claimed from. */
  pool: string;
  createdAt: number;
  state: "queued" | "running" | "waiting" | "blocked" | null;
  mutexKey: string | null;
  /** How far it has come through its limits. */
  gate: number;
  epoch: number;
  leaseUntil: number;
  dueAt: number | null;
  startedAt: number | null;
  takeovers: number;
  lostAlone: number;
  alone: boolean;
  livedMs: number;
  refusal: Refusal | null;
  kept: string | null;
  claimedAt: number;
  vars: string | null;
  snapshot: { epoch: number; isLeft: boolean; seq: number; text: string } | null;
  steps: Map<string, StepWrite & { checkpoint: string | null; progress: string | null }>;
  events: EventRecord[];
  logs: LogLine[];
  waits: WaitWrite[];
  inbox: InboxMessage[];
  keys: Set<string>;
  finish: RunWrite["finish"] | null;
}

export function claimOf(stored: StoredRun, now: number): ClaimedRun {
  const { run } = stored;
  return {
    ...run,
    identity: run.identity ?? null,
    environmentId: run.environmentId ?? null,
    pool: stored.pool,
    homePool: run.pool,
    epoch: stored.epoch,
    takeovers: stored.takeovers,
    lostAlone: stored.lostAlone,
    livedMs: stored.livedMs,
    refusal: stored.refusal,
    givenBytes: givenBytes(run),
    hasHistory: stored.steps.size > 0 || stored.events.length > 0,
    hasSnapshot: stored.snapshot !== null,
    inboxSeq: stored.inbox.length,
    createdAt: stored.createdAt,
    now,
    startedAt: stored.startedAt ?? 0,
    vars: stored.vars,
    mutexKey: stored.mutexKey,
  };
}

export function upsertStep(stored: StoredRun, step: StepWrite): void {
  const key = `${step.path}#${step.attempt}`;
  const before = stored.steps.get(key);
  if (before === undefined) return void stored.steps.set(key, { checkpoint: null, progress: null, ...step });
  if (before.finishedAt !== null) return;
  stored.steps.set(key, {
    ...before,
    ...step,
    entry: before.entry ?? step.entry,
    input: step.input ?? before.input ?? null,
    output: step.output ?? before.output ?? null,
    error: step.error ?? before.error ?? null,
    startedAt: before.startedAt,
  });
}

export function amend(stored: StoredRun, path: string, attempt: number, change: { checkpoint?: string; progress?: string }): void {
  const row = stored.steps.get(`${path}#${attempt}`);
  if (row !== undefined && row.finishedAt === null) Object.assign(row, change);
}
