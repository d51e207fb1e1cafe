import { readIdentity } from "@/server/auth/acting/run-identity";
import type { RunDetail, RunLogLine, RunSummary, StepSummary } from "./contract";
import { SHOWN_CHILDREN } from "./constants";
import type { ChildRow, RunDetailRow } from "./run-list";
import type { LogRow, StepRow } from "./step-rows";

export interface RunRow {
  id: string;
  workflowId: string | null;
  workflowName: string | null;
  versionId: string | null;
  versionNumber: number | null;
  environment: RunSummary["environment"];
  mode: string;
  status: string;
  triggerKind: string;
  startedByName: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  parentRunId: string | null;
  labels: Record<string, string>;
  errorCode: string | null;
  errorMessage: string | null;
  errorPath: string | null;
  errorNodeId: string | null;
  errorField: string | null;
}

type Failing = Pick<RunRow, "errorCode" | "errorMessage" | "errorPath" | "errorNodeId" | "errorField"> & { errorRunId?: string | null };

function failureOf(row: Failing): RunSummary["failure"] {
  if (row.errorCode === null && row.errorMessage === null) return null;
  return {
    code: row.errorCode ?? "error",
    message: row.errorMessage ?? "",
    ...(row.errorPath === null ? {} : { path: row.errorPath }),
    ...(row.errorNodeId === null ? {} : { nodeId: row.errorNodeId }),
    ...(row.errorField === null ? {} : { field: row.errorField }),
    ...(row.errorRunId == null ? {} : { runId: row.errorRunId }),
  };
}

export function toRunSummary(row: RunRow): RunSummary {
  const { id, workflowId, versionId, parentRunId, labels } = row;
  return {
    id, parentRunId, labels,
    workflow: workflowId === null ? null : { id: workflowId, name: row.workflowName ?? "" },
    version: versionId === null ? null : { id: versionId, number: row.versionNumber },
    environment: row.environment,
    mode: row.mode as RunSummary["mode"],
    status: row.status as RunSummary["status"],
    trigger: row.triggerKind,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    startedBy: row.startedByName,
    failure: failureOf(row),
  };
}

export function toRunDetail(row: RunDetailRow, children: readonly ChildRow[]): RunDetail {
  return {
    ...toRunSummary(row),
    terminationReason: row.terminationReason,
    rootRunId: row.rootRunId,
    kept: row.kept,
    rerunOf: row.options.rerun ?? null,
    identity: identityOf(row),
    children: children.slice(0, SHOWN_CHILDREN) as RunDetail["children"],
    hasMoreChildren: children.length > SHOWN_CHILDREN,
    sizes: { input: row.inputSize, output: row.outputSize, error: row.errorSize },
  };
}

function identityOf({ identity: text }: RunDetailRow): RunDetail["identity"] {
  const identity = readIdentity(text);
  return identity && { type: identity.type, id: identity.id, name: identity.name, roles: identity.roles, via: identity.via ?? null };
}

export function toStepSummary(row: StepRow): StepSummary {
  const { path, attempt, nodeId, kind, port, items, workerId, progress } = row;
  return {
    path, attempt, nodeId, kind, port, items, workerId, progress,
    untaken: row.untaken ?? [],
    status: row.status as StepSummary["status"],
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    failure: failureOf(row),
    sizes: { input: row.inputSize, output: row.outputSize, error: row.errorSize },
  };
}

export function toLogLine(row: LogRow): RunLogLine {
  const { path, attempt, message } = row;
  return { id: String(row.seq), at: row.at.toISOString(), path, attempt, message, level: row.level as RunLogLine["level"], fields: row.fields as RunLogLine["fields"] };
}
