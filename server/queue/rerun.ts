import type { Tx } from "@/server/db/scoped";
import type { Definition } from "@/server/engine/definition";
import type { Path } from "@/server/engine/events";
import type { EventRecord, JournalRecord } from "@/server/engine/journal";
import { planPart } from "@/server/engine/part-of-run";
import type { RunOptions } from "@/server/engine/ports";
import { Columns } from "@/server/queue/columns";
import { clientOf } from "@/server/queue/dispatch";
import { readHistory } from "@/server/queue/journal-rows";
import { selectForRerun } from "@/server/queue/rerun-selection";

export interface RerunCopy {
  fromRunId: string;
  toRunId: string;
  /** Step, container or iteration that is carried out anew, with all that follows it. */
  path: Path;
  definition: Definition;
  /** Of the new run: what decides its plan. */
  options: RunOptions;
  /** The engine's clock of the new run begins here: the copied journal is folded from it, now and at every claim. */
  startedAt: number;
}

interface CopiedStep {
  path: Path;
  attempt: number;
  enterSeq: number | null;
  seq: number | null;
  decision: string | null;
}

const STEPS = new Columns<CopiedStep>([
  ["path", "text", (step) => step.path],
  ["attempt", "int", (step) => step.attempt],
  ["enter_seq", "int", (step) => step.enterSeq],
  ["seq", "int", (step) => step.seq],
  ["decision", "text", (step) => step.decision],
]);

// A container whose end is not kept is open again: its row as it was before it ended.
const COPY_STEPS = `
INSERT INTO step_run (run_id, path, attempt, workspace_id, node_id, kind, status, enter_seq, enter_decision, seq, decision, input, output, error, worker_id, started_at, finished_at)
SELECT $7::uuid, s.path, s.attempt, s.workspace_id, s.node_id, s.kind, CASE WHEN k.seq IS NULL THEN 'running' ELSE s.status END, k.enter_seq, s.enter_decision, k.seq,
  k.decision::json, s.input, CASE WHEN k.seq IS NOT NULL THEN s.output END, CASE WHEN k.seq IS NOT NULL THEN s.error END,
  s.worker_id, s.started_at, CASE WHEN k.seq IS NOT NULL THEN s.finished_at END
FROM ${STEPS.unnest("k", 1)} JOIN step_run s ON s.run_id = $6::uuid AND s.path = k.path AND s.attempt = k.attempt`;

// The numbers of the other run's messages mean nothing here: the new run numbers its own from 1.
const COPY_EVENTS = `
INSERT INTO run_event (run_id, seq, workspace_id, type, path, body, at)
SELECT $5::uuid, k.seq, e.workspace_id, e.type, e.path,
  CASE WHEN e.type = 'signal' THEN json_build_object('attempt', e.body->'attempt', 'ref', 'copied') ELSE coalesce(k.body::json, e.body) END, e.at
FROM unnest($1::int[], $2::int[], $3::text[]) AS k(old_seq, seq, body) JOIN run_event e ON e.run_id = $4::uuid AND e.seq = k.old_seq`;

const MARK = "UPDATE run_queue SET has_history = true WHERE run_id = $1::uuid";

/**
 * Gives a new run, made in the same transaction, the part of another run's journal that its repetition keeps, numbered anew.
 * False when the other run has nothing at that path.
 */
export async function copyForRerun(tx: Tx, { fromRunId, toRunId, path, definition, options, startedAt }: RerunCopy): Promise<boolean> {
  const client = clientOf(tx);
  const { records } = await readHistory(client, fromRunId);
  if (!records.some((record) => record.table === "step" && record.path === path)) return false;
  const planned = planPart(definition, options).plan;
  const kept = selectForRerun(planned, records, path, { startedAt, ...(options.startNode === undefined ? {} : { startNode: options.startNode }) });
  const numbered = kept.map((record, index) => ({ record, seq: index + 1 }));
  await client.query({ text: COPY_STEPS, values: [...STEPS.values(stepsOf(numbered)), fromRunId, toRunId] });
  const events = numbered.flatMap(({ record, seq }) => (record.table === "event" ? [{ old: record.seq, seq, body: changedBody(record) }] : []));
  if (events.length > 0) await client.query({ text: COPY_EVENTS, values: [events.map(({ old }) => old), events.map(({ seq }) => seq), events.map(({ body }) => body), fromRunId, toRunId] });
  await client.query({ text: MARK, values: [toRunId] });
  return true;
}

function stepsOf(numbered: readonly { record: JournalRecord; seq: number }[]): CopiedStep[] {
  const steps = new Map<string, CopiedStep>();
  for (const { record, seq } of numbered) {
    if (record.table !== "step") continue;
    const { path, attempt } = record;
    const key = `${path}#${attempt}`;
    const step = steps.get(key) ?? { path, attempt, enterSeq: null, seq: null, decision: null };
    steps.set(key, record.phase === "enter" ? { ...step, enterSeq: seq } : { ...step, seq, decision: record.decision === null ? null : JSON.stringify(record.decision) });
  }
  return [...steps.values()];
}

function changedBody({ body }: EventRecord): string | null {
  return "kept" in body ? JSON.stringify(body) : null;
}
