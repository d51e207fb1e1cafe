import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { fits } from "@/server/db/fold-case";
import { plainText } from "@/server/db/plain-text";
import type { Tx } from "@/server/db/scoped";
import { FINAL_RUN_STATUSES } from "./constants";
import type { runFilterSchema } from "./contract";

export type RunFilter = z.output<typeof runFilterSchema>;

export interface Statuses {
  ended: string[];
  live: string[];
}

/** Null: any. Whether a run has ended is in its own row; how a live one does, in its queue row. */
export function statusesOf({ status }: RunFilter): Statuses | null {
  if (status === undefined || status.length === 0) return null;
  const ended = status.filter((wanted) => (FINAL_RUN_STATUSES as readonly string[]).includes(wanted));
  return { ended, live: status.filter((wanted) => !ended.includes(wanted)) };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A pasted id means the run of that id. */
export function runIdIn({ text }: RunFilter): string | null {
  return text !== undefined && UUID.test(text) ? text : null;
}

export function patternOf({ text }: RunFilter): string | null {
  return text === undefined || UUID.test(text) ? null : `%${plainText(text)}%`;
}

/** Conditions that the indexes of `run` go by. */
export function* orderedConditions(workspaceId: string, filter: RunFilter): Generator<Prisma.Sql> {
  yield Prisma.sql`r.workspace_id = ${workspaceId}::uuid`;
  if (filter.workflowId !== undefined) yield Prisma.sql`r.workflow_id = ${filter.workflowId}::uuid`;
  if (filter.environment !== undefined && filter.environment.length > 0) yield Prisma.sql`r.environment_id = any(${filter.environment}::uuid[])`;
  if (filter.parentRunId !== undefined) {
    yield Prisma.sql`r.parent_run_id = ${filter.parentRunId}::uuid`;
    if (filter.parentPath !== undefined) yield Prisma.sql`r.parent_path = ${filter.parentPath}`;
  }
  const runId = runIdIn(filter);
  if (runId !== null) yield Prisma.sql`r.id = ${runId}::uuid`;
  if (filter.from !== undefined) yield Prisma.sql`r.created_at >= ${new Date(filter.from)}`;
  if (filter.to !== undefined) yield Prisma.sql`r.created_at < ${new Date(filter.to)}`;
  const statuses = statusesOf(filter);
  // Without a successful one among them, the partial index of those that ended badly applies.
  if (statuses !== null && statuses.live.length === 0 && !statuses.ended.includes("succeeded")) {
    yield Prisma.sql`r.unsuccessful in (${Prisma.join(statuses.ended)})`;
  }
}

/** Conditions that only a look at the row can tell. */
export function* otherConditions(filter: RunFilter): Generator<Prisma.Sql> {
  const { versionId, mode, trigger, startedById, labels, minDurationMs, maxDurationMs } = filter;
  if (versionId !== undefined) yield Prisma.sql`r.version_id = ${versionId}::uuid`;
  if (mode !== undefined) yield Prisma.sql`r.mode = ${mode}`;
  if (trigger !== undefined && trigger.length > 0) yield Prisma.sql`r.trigger_kind = any(${trigger}::text[])`;
  if (startedById !== undefined) yield Prisma.sql`r.started_by_id = ${startedById}::uuid`;
  for (const label of labels ?? []) yield Prisma.sql`r.labels @> ${JSON.stringify(labelObject(label))}::jsonb`;
  const duration = Prisma.sql`run_duration_ms(coalesce(r.started_at, r.created_at), r.finished_at)`;
  if (minDurationMs !== undefined) yield Prisma.sql`${duration} >= ${minDurationMs}`;
  if (maxDurationMs !== undefined) yield Prisma.sql`${duration} <= ${maxDurationMs}`;
  const pattern = patternOf(filter);
  if (pattern !== null) yield fits(Prisma.sql`run_text(r.input, r.output, r.error)`, pattern);
  const statuses = statusesOf(filter);
  if (statuses !== null) yield statusCondition(statuses);
}

function statusCondition({ ended, live }: Statuses): Prisma.Sql {
  const isEnded = ended.length === 0 ? null : Prisma.sql`r.status in (${Prisma.join(ended)})`;
  const isLive = live.length === 0 ? null : Prisma.sql`(r.status = 'queued' and exists (select from run_queue s where s.run_id = r.id and s.state in (${Prisma.join(live)})))`;
  return Prisma.sql`(${Prisma.join([isEnded, isLive].filter((part) => part !== null), " or ")})`;
}

/** `team=ops` */
export function splitLabel(label: string): { name: string; value: string } {
  const at = label.indexOf("=");
  return { name: label.slice(0, at), value: label.slice(at + 1) };
}

function labelObject(label: string): Record<string, string> {
  const { name, value } = splitLabel(label);
  return { [name]: value };
}

export function allConditions(workspaceId: string, filter: RunFilter): Prisma.Sql {
  return Prisma.join([...orderedConditions(workspaceId, filter), ...otherConditions(filter)], " and ");
}

/** Whether free text has an index of its own here (the extension pg_trgm). */
export async function hasTextIndex(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ there: boolean }[]>`select to_regclass('run_search_content_idx') is not null as there`;
  return row?.there === true;
}
