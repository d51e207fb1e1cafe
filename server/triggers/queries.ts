import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { holding } from "@/server/db/fold-case";
import { after, decodePlace } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { listEventsInput, listTriggersInput } from "./contract";

const WITH_WORKFLOW = { workflow: { select: { id: true, name: true } }, version: { select: { number: true } }, environment: { select: { id: true, name: true, slug: true, color: true } } } as const;

export type TriggerRow = Prisma.TriggerGetPayload<{ include: typeof WITH_WORKFLOW }>;

/** Throws the same for a foreign id as for a missing one. */
export async function findTrigger(tx: Tx, id: string): Promise<TriggerRow> {
  const trigger = await tx.trigger.findFirst({ where: { id, deletedAt: null, workflow: { deletedAt: null } }, include: WITH_WORKFLOW });
  if (trigger === null) throw new DomainError("not_found", { what: "trigger", id });
  return trigger;
}

/** What the input of its runs has to fit; null: the workflow is not published. */
export async function inputSchemaOf(tx: Tx, { workflowId, versionId, environmentId }: TriggerRow): Promise<unknown> {
  const workflow = await tx.workflow.findFirst({ where: { id: workflowId }, select: { publishedVersionId: true } });
  const id = versionId ?? (environmentId === null ? workflow?.publishedVersionId : (await tx.deployment.findFirst({ where: { workflowId, environmentId, replacedAt: null }, select: { versionId: true } }))?.versionId);
  const version = id == null ? null : await tx.workflowVersion.findFirst({ where: { id }, select: { inputSchema: true } });
  return version?.inputSchema ?? null;
}

/** Until the transaction ends nobody else changes it. What tries a step of a draft is none that could be operated. */
export async function lockTrigger(tx: Tx, id: string): Promise<TriggerRow> {
  await tx.$queryRaw`select 1 from trigger where id = ${id}::uuid for update`;
  const trigger = await findTrigger(tx, id);
  if (trigger.isDraft) throw new DomainError("not_found", { what: "trigger", id });
  return trigger;
}

/** One more than the limit. */
export async function findTriggers(tx: Tx, input: z.output<typeof listTriggersInput>): Promise<TriggerRow[]> {
  const { search } = input;
  const named = search === undefined ? [] : [{ name: await holding(tx, "trigger", "name", search) }, { workflow: { name: await holding(tx, "workflow", "name", search) } }];
  return tx.trigger.findMany({
    where: {
      deletedAt: null,
      isDraft: false,
      workflow: { deletedAt: null },
      workflowId: input.workflowId,
      kind: input.kind,
      mode: input.mode,
      ...(input.failing === true ? { error: { not: Prisma.DbNull } } : {}),
      ...(search === undefined ? {} : { OR: named }),
      AND: [after("createdAt", decodePlace(input.cursor))],
    },
    include: WITH_WORKFLOW,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
}

/** Events that wait for somebody to release them, by trigger. */
export async function countHeld(tx: Tx, triggerIds: readonly string[]): Promise<Map<string, number>> {
  if (triggerIds.length === 0) return new Map();
  const groups = await tx.triggerEvent.groupBy({ by: ["triggerId"], where: { triggerId: { in: [...triggerIds] }, status: "held" }, _count: true });
  return new Map(groups.map(({ triggerId, _count }) => [triggerId, _count]));
}

const EVENT_FIELDS = {
  id: true, triggerId: true, origin: true, status: true, error: true, attempts: true, contentType: true, bodySize: true, dataKeyId: true, meta: true, runId: true, receivedAt: true, processedAt: true, dueAt: true, heldByPause: true, heldByQuota: true,
} as const;
export type EventRow = Prisma.TriggerEventGetPayload<{ select: typeof EVENT_FIELDS }>;

/** One more than the limit, without headers and bodies. */
export function findEvents(tx: Tx, { triggerId, status, cursor, limit }: z.output<typeof listEventsInput>): Promise<EventRow[]> {
  return tx.triggerEvent.findMany({
    where: { triggerId, status, ...after("receivedAt", decodePlace(cursor)) },
    select: EVENT_FIELDS,
    orderBy: [{ receivedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
}

export async function findEvent(tx: Tx, id: string) {
  const event = await tx.triggerEvent.findFirst({ where: { id, trigger: { deletedAt: null, workflow: { deletedAt: null } } }, include: { trigger: true } });
  if (event === null) throw new DomainError("not_found", { what: "event", id });
  return event;
}

/** Statuses of the runs there are; an event whose run was removed by retention has none. */
export async function statusesOfRuns(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; status: string }[]>`
    select r.id, coalesce(q.state, r.status) as status from run r left join run_queue q on q.run_id = r.id
    where r.id in (${Prisma.join(ids.map((id) => Prisma.sql`${id}::uuid`))})`;
  return new Map(rows.map(({ id, status }) => [id, status]));
}
