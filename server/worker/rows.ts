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

function base({ path, attempt, node, startedAt }: RowBase): Pick<StepWrite, "path" | "attempt" | "nodeId" | "kind" | "startedAt"> {
  return { path, attempt, nodeId: node.node.id, kind: node.node.kind, startedAt };
}

/** An effect step begins, or a step waits: no journal record, shown to people and to whoever takes the run over. */
export function openRow(row: RowBase, status: "running" | "waiting", input: string | null): StepWrite {
  return { ...base(row), status, entry: null, end: null, input, finishedAt: null };
}

export function recordRow(row: RowBase, record: StepRecord, values: { input: string | null; output: string | null; error: string | null }): StepWrite {
  const isEntry = record.phase === "enter";
  return {
    ...base(row),
    status: record.status,
    entry: isEntry ? record : null,
    end: isEntry ? null : record,
    ...values,
    finishedAt: isEntry ? null : record.at,
  };
}
