import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import { afterName, decodeNamePlace, fitsPerson, namePageFrom } from "@/server/db/name-place";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { listStartersInput, listVersionChoicesInput, Starter, VersionChoice } from "./contract";

/** Also those who have left, or who came by a group: the newest runs know them. */
const NEWEST_RUNS = 2_000;

/** People and service accounts that runs may have been started by, by name; service accounts last. */
export async function listStarters({ scope }: { scope: Scope }, { search, cursor, limit, id }: z.output<typeof listStartersInput>): Promise<Page<Starter>> {
  const workspaceId = Prisma.sql`${scope.workspaceId}::uuid`;
  const rows = await scope.db.$queryRaw<(Starter & { key: string })[]>`
    with newest as materialized (select started_by_id from run where workspace_id = ${workspaceId} order by created_at desc, id desc limit ${NEWEST_RUNS})
    select id::text, name, "isProgram", key from (
      select u.id, coalesce(u.name, u.email) as name, u.email, false as "isProgram", '0' || lower(coalesce(u.name, u.email)) as key from user_account u
      where u.id in (select user_id from workspace_role where workspace_id = ${workspaceId} union select started_by_id from newest)
      union all
      select s.id, s.name, null, true, '1' || lower(s.name) from service_account s where s.workspace_id = ${workspaceId}) c
    where ${fitsPerson(search)} and ${id === undefined ? Prisma.sql`true` : Prisma.sql`id = ${id}::uuid`} and ${afterName(decodeNamePlace(cursor))} order by key, c.id limit ${limit + 1}`;
  return namePageFrom(rows, limit, ({ id: starterId, name, isProgram }) => ({ id: starterId, name, isProgram }));
}

const NUMBER = /^\d{1,9}$/;

/** Numbered versions of a workflow, the newest first; `search`: how the number begins. */
export async function listVersionChoices({ scope }: { scope: Scope }, { workflowId, search, cursor, limit, id }: z.output<typeof listVersionChoicesInput>): Promise<Page<VersionChoice>> {
  if (cursor !== undefined && !NUMBER.test(cursor)) throw new DomainError("invalid_input", { field: "cursor", reason: "is not a cursor of this list" });
  const rows = await scope.db.transaction(async (tx) => {
    if ((await tx.workflow.count({ where: { id: workflowId } })) === 0) throw new DomainError("not_found", { what: "workflow", id: workflowId });
    return tx.$queryRaw<VersionChoice[]>`
      select v.id::text, v.number from workflow_version v
      where v.workspace_id = ${scope.workspaceId}::uuid and v.workflow_id = ${workflowId}::uuid and v.number is not null
        and starts_with(v.number::text, ${search}) and ${id === undefined ? Prisma.sql`true` : Prisma.sql`v.id = ${id}::uuid`}
        and ${cursor === undefined ? Prisma.sql`true` : Prisma.sql`v.number < ${Number(cursor)}`}
      order by v.number desc limit ${limit + 1}`;
  });
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)!.number) : null };
}
