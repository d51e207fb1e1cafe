import type { z } from "zod";
import type { Wait } from "@/prisma/generated/client";
import { after, decodePlace, type Place } from "@/server/db/keyset";
import { planned } from "@/server/db/planned";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { listWaitsInput } from "./contract";

const WAITS_PER_RUN = 500;

const WITH_COUNT = { include: { _count: { select: { responses: true } } } } as const;
export type WaitRow = Wait & { _count: { responses: number } };

/** Those that are open come first; `beside`: how many there are besides. */
export async function findWaitsOfRun(tx: Tx, runId: string): Promise<{ waits: WaitRow[]; beside: number }> {
  // Most runs wait for nobody.
  const any = await tx.$queryRaw<unknown[]>`${planned} select 1 from wait where run_id = ${runId}::uuid and workspace_id = current_workspace_id() limit 1`;
  if (any.length === 0) return { waits: [], beside: 0 };
  const waits = await tx.wait.findMany({ where: { runId }, ...WITH_COUNT, orderBy: [{ closedAt: { sort: "desc", nulls: "first" } }, { openedAt: "desc" }, { id: "desc" }], take: WAITS_PER_RUN });
  return { waits, beside: waits.length < WAITS_PER_RUN ? 0 : (await tx.wait.count({ where: { runId } })) - waits.length };
}

export function findWaits(tx: Tx, input: z.output<typeof listWaitsInput>): Promise<WaitRow[]> {
  const { status, kind, runId, cursor, limit } = input;
  return tx.wait.findMany({
    where: { status: status === "open" ? "open" : { not: "open" }, kind, runId, AND: [after("openedAt", decodePlace(cursor))] },
    ...WITH_COUNT,
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
}

export function findOpenApprovals(tx: Tx, place: Place | null, take: number): Promise<WaitRow[]> {
  return tx.wait.findMany({
    where: { status: "open", kind: "approval", AND: [after("openedAt", place)] },
    ...WITH_COUNT,
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
    take,
  });
}

export function findAnswered(tx: Tx, userId: string, place: Place | null, take: number) {
  return tx.waitResponse.findMany({
    where: { userId, AND: [after("answeredAt", place)] },
    include: { wait: WITH_COUNT },
    orderBy: [{ answeredAt: "desc" }, { id: "desc" }],
    take,
  });
}

/** Pages follow: somebody answered, and the wait goes on. */
export async function tellAnswered(tx: Tx, { workspaceId, runId }: Pick<Wait, "workspaceId" | "runId">): Promise<void> {
  await tx.$queryRaw`select pg_notify('millrace_run', ${`${workspaceId}/${runId}`})::text`;
}

export async function findWait(tx: Tx, id: string): Promise<WaitRow> {
  const wait = await tx.wait.findFirst({ where: { id }, ...WITH_COUNT });
  if (wait === null) throw new DomainError("not_found", { what: "wait", id });
  return wait;
}

/** Until the transaction ends, nobody else answers this wait. The run's row is locked first, as by the worker that ends a wait: no deadlocks. */
export async function lockOpenWait(tx: Tx, id: string): Promise<WaitRow> {
  await tx.$queryRaw`select 1 from run_queue where run_id = (select run_id from wait where id = ${id}::uuid) for no key update`;
  await tx.$queryRaw`select 1 from wait where id = ${id}::uuid for update`;
  const wait = await findWait(tx, id);
  if (wait.status !== "open") throw new DomainError("wait_closed", { waitId: id, status: wait.status });
  // Its time is over, although no worker has come by to close it.
  const [late] = await tx.$queryRaw<unknown[]>`select 1 from wait where id = ${id}::uuid and until <= clock_timestamp()`;
  if (late !== undefined) throw new DomainError("wait_closed", { waitId: id, status: "expired" });
  if (wait.signal !== null && (await isSignalled(tx, wait))) throw new DomainError("wait_closed", { waitId: id, status: "answered" });
  return wait;
}

/** Whether a signal by name lies in the run's inbox that ends this wait once a worker reads it: the first of them the wait that was opened first. */
async function isSignalled(tx: Tx, { id, runId, signal, openedAt }: WaitRow): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`${planned}
    select 1 from (
      select count(*) as unread from run_inbox i where i.run_id = ${runId}::uuid and i.kind = 'signal' and i.path is null and i.name = ${signal}
        and not exists (select 1 from run_event e where e.run_id = ${runId}::uuid and e.type = 'signal' and e.body ->> 'ref' = 'inbox:' || i.seq)
    ) s
    where s.unread > (
      select count(*) from wait w where w.run_id = ${runId}::uuid and w.status = 'open' and w.signal = ${signal} and w.id <> ${id}::uuid
        and (w.opened_at, w.id) < (${openedAt}, ${id}::uuid)
    )`;
  return found.length > 0;
}

/** Null: the run is of no workflow, or gone. */
export async function workflowOfRun(tx: Tx, runId: string): Promise<string | null> {
  return (await tx.run.findFirst({ where: { id: runId }, select: { workflowId: true } }))?.workflowId ?? null;
}

/** Which runs they are that wait. */
export async function waitingRuns(tx: Tx, runIds: string[]): Promise<Map<string, WaitingRun>> {
  const runs = await tx.run.findMany({ where: { id: { in: [...new Set(runIds)] } }, select: { id: true, mode: true, workflow: { select: { id: true, name: true } } } });
  return new Map(runs.map(({ id, mode, workflow }) => [id, { workflow, isTest: mode === "test" }]));
}

export interface WaitingRun {
  /** Null: the run is of none. */
  workflow: { id: string; name: string } | null;
  isTest: boolean;
}
