import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import { afterName, decodeNamePlace, namePageFrom, type NamePlace } from "@/server/db/name-place";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type * as contract from "./contract";
import { readResult } from "./queries";

interface Context {
  scope: Scope;
}

/** Published workflows that say they may be started without being read, by name. */
export async function listStartable({ scope }: Context, { search, cursor, limit }: z.output<typeof contract.listStartableInput>): Promise<Page<contract.Startable>> {
  const place = decodeNamePlace(cursor);
  const rows = await scope.db.$queryRaw<(NamePlace & Omit<contract.Startable, "input" | "workflowId"> & { input: contract.Startable["input"] | null })[]>`
    select id::text, key, name, description, input from (
      select w.id, lower(w.name) as key, w.name, w.description, w.input_schema as input
      from workflow w join workflow_version v on v.id = w.published_version_id and v.workspace_id = w.workspace_id
      where w.workspace_id = current_workspace_id() and w.deleted_at is null and w.archived_at is null and w.kind <> 'module'
        and v.definition #>> '{settings,startWithoutReading}' = 'true'
        and (${search} = '' or strpos(fold_case(w.name), fold_case(${search})) > 0 or strpos(fold_case(w.description), fold_case(${search})) > 0)) s
    where ${afterName(place)} order by key, s.id limit ${limit + 1}`;
  return namePageFrom(rows, limit, ({ id, name, description, input }) => ({ workflowId: id, name, description, input: input ?? {} }));
}

/** The runs that the person behind it has started, the newest first. What comes of a trigger is nobody's own, nor what a step of theirs started. */
export async function listOwnRuns({ scope }: Context, { cursor, limit }: z.output<typeof contract.ownRunsInput>): Promise<Page<contract.OwnRun>> {
  if (scope.userId === null) return { items: [], nextCursor: null };
  const rows = await scope.db.run.findMany({
    where: { ...ownOf(scope.userId), mode: "production", AND: [after("createdAt", decodePlace(cursor))] },
    select: OWN,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  const states = await statesOf(scope, rows.map(({ id }) => id));
  return pageFrom(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }), (row) => toOwn(row, states));
}

/** Somebody else's run is as unknown as one that does not exist. */
export async function getOwnResult(context: Context, { runId }: { runId: string }): Promise<z.output<typeof contract.ownResultSchema>> {
  const { scope } = context;
  const row = scope.userId === null ? null : await scope.db.run.findFirst({ where: { id: runId, ...ownOf(scope.userId) }, select: OWN });
  if (row === null) throw new DomainError("not_found", { what: "run", id: runId });
  const { output, error } = await readResult(context, runId);
  return { ...toOwn(row, await statesOf(scope, [runId])), output, error: (error as { message?: string } | null)?.message ?? null };
}

const ownOf = (userId: string) => ({ startedById: userId, triggerId: null });
const OWN = { id: true, status: true, createdAt: true, finishedAt: true, workflow: { select: { name: true } } } as const;

/** Of those that have not ended. */
async function statesOf(scope: Scope, runIds: string[]): Promise<Map<string, string>> {
  const rows = await scope.db.runQueue.findMany({ where: { runId: { in: runIds } }, select: { runId: true, state: true } });
  return new Map(rows.map(({ runId, state }) => [runId, state]));
}

function toOwn({ id, status, createdAt, finishedAt, workflow }: { id: string; status: string; createdAt: Date; finishedAt: Date | null; workflow: { name: string } | null }, states: ReadonlyMap<string, string>): contract.OwnRun {
  return { id, workflow: workflow?.name ?? "", status: (states.get(id) ?? status) as contract.OwnRun["status"], createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
}
