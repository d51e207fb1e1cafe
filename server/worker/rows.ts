import type { Path } from "@/server/engine/events";
import type { StepRecord } from "@/server/engine/journal";
import type { StepWrite } from "@/server/engine/ports";
import type { CompiledNode } from "@/server/worker/compiled-workflow";

/** Rows of step runs as they are written: opened, waiting, entered, ended. */
interface RowBase {
  path: Path;
  attempt: number;
  node: CompiledNode;
  startedAt: number;
}

/** An effect step begins, or a step waits: no journal record, shown to people and to whoever takes the run over. */
export function openRow({ path, attempt, node, startedAt }: RowBase, status: "running" | "waiting", input: string | null): StepWrite {
  return { path, attempt, nodeId: node.node.id, kind: node.node.kind, status, entry: null, end: null, input, output: null, error: null, startedAt, finishedAt: null };
}

export interface RowValues {
  input: string | null;
  output: string | null;
  error: string | null;
}

export function recordRow({ path, attempt, node, startedAt }: RowBase, record: StepRecord, { input, output, error }: RowValues): StepWrite {
  const isEntry = record.phase === "enter";
  return {
    path,
    attempt,
    nodeId: node.node.id,
    kind: node.node.kind,
    status: record.status,
    entry: isEntry ? record : null,
    end: isEntry ? null : record,
    input,
    output,
    error,
    startedAt,
    finishedAt: isEntry ? null : record.at,
  };
}
