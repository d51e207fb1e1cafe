import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { findEnvironments } from "@/server/environments/service";
import { findArrangements } from "@/server/organizing/service";
import type { Page } from "@/server/paging/contract";
import type { ListedWorkflow, listWorkflowsInput } from "./contract";
import { findMatches, wordsOf } from "./find-matches";
import { decodeListPlace, encodeListPlace, type ListPlace } from "./list-place";
import { findExtras } from "./queries";
import { toSummary } from "./views";

type Input = z.output<typeof listWorkflowsInput>;
type Sort = NonNullable<Input["sort"]>;

/** What each order compares, and which way. The newest come first; names from A to Z. */
const ORDERS: Readonly<Record<Sort, { key: Prisma.Sql; cast: Prisma.Sql; ascending: boolean }>> = {
  updated: { key: Prisma.sql`w.updated_at`, cast: Prisma.sql`timestamptz`, ascending: false },
  created: { key: Prisma.sql`w.created_at`, cast: Prisma.sql`timestamptz`, ascending: false },
  run: { key: Prisma.sql`coalesce(r.created_at, 'epoch')`, cast: Prisma.sql`timestamptz`, ascending: false },
  name: { key: Prisma.sql`lower(w.name)`, cast: Prisma.sql`text`, ascending: true },
};

export function listWorkflows({ scope }: { scope: Scope }, input: Input): Promise<Page<ListedWorkflow>> {
  return scope.db.transaction(async (tx) => {
    const sort = input.sort ?? "updated";
    const found = await findPlaces(tx, scope, input, sort);
    const shown = found.slice(0, input.limit);
    const ids = shown.map(({ id }) => id);
    const rows = await tx.workflow.findMany({
      where: { id: { in: ids } },
      // Drafts may be large; only a search shows something of them.
      omit: { draft: input.search ? false : true, pins: true },
      include: { publishedVersion: { select: { number: true, draftRevision: true } } },
    });
    const extras = await findExtras(tx, ids);
    const arrangements = await findArrangements(tx, "workflow", ids, scope.userId);
    const changed = await changedSince(tx, rows);
    const items = ids.flatMap((id) => {
      const row = rows.find((candidate) => candidate.id === id);
      return row === undefined ? [] : [{ ...toSummary(row, extras.get(id), arrangements.get(id)), ...changed.get(id), matches: input.search ? findMatches(row, input.search) : [] }];
    });
    const last = shown.at(-1);
    return { items, nextCursor: found.length > input.limit && last !== undefined ? encodeListPlace({ ...last, sort }) : null };
  });
}

/** With environments a draft is compared with what publishing replaces, the version of the first. */
async function changedSince(tx: Tx, rows: readonly { id: string; draftRevision: number }[]): Promise<Map<string, { draftChanged: boolean }>> {
  const [first] = await findEnvironments(tx);
  if (first === undefined) return new Map();
  const deployed = await tx.deployment.findMany({ where: { environmentId: first.id, replacedAt: null, workflowId: { in: rows.map(({ id }) => id) } }, select: { workflowId: true, version: { select: { draftRevision: true } } } });
  const revisionOf = new Map(deployed.map(({ workflowId, version }) => [workflowId, version.draftRevision]));
  return new Map(rows.map(({ id, draftRevision }) => [id, { draftChanged: revisionOf.has(id) && revisionOf.get(id) !== draftRevision }]));
}

/** Ids in their order, one more than the limit. */
function findPlaces(tx: Tx, scope: Scope, input: Input, sort: Sort): Promise<Omit<ListPlace, "sort">[]> {
  const { key, cast, ascending } = ORDERS[sort];
  const rest = Prisma.raw(ascending ? "asc" : "desc");
  const conditions = conditionsOf(input);
  const place = decodeListPlace(input.cursor, sort);
  if (place !== null) {
    // Row comparison needs one direction for all of its parts, so the favourite is turned over when names ascend.
    const favorite = ascending ? Prisma.sql`f.item_id is null` : Prisma.sql`f.item_id is not null`;
    const order = Prisma.raw(ascending ? ">" : "<");
    conditions.push(Prisma.sql`(${favorite}, ${key}, w.id) ${order} (${ascending ? !place.favorite : place.favorite}, ${place.key}::${cast}, ${place.id}::uuid)`);
  }
  return tx.$queryRaw`
    select w.id::text, f.item_id is not null as favorite, ${asText(sort, key)} as key
    from workflow w
    left join favorite f on f.workspace_id = w.workspace_id and f.item_type = 'workflow' and f.item_id = w.id and f.user_id = ${scope.userId}::uuid
    ${sort === "run" || input.lastRun !== undefined ? LAST_RUN : Prisma.empty}
    where ${Prisma.join(conditions, " and ")}
    order by (f.item_id is not null) desc, ${key} ${rest}, w.id ${rest}
    limit ${input.limit + 1}`;
}

function asText(sort: Sort, key: Prisma.Sql): Prisma.Sql {
  return sort === "name" ? key : Prisma.sql`to_char(${key} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

const LAST_RUN = Prisma.sql`
  left join lateral (
    select id, status, created_at from run
    where run.workspace_id = w.workspace_id and run.workflow_id = w.id
    order by created_at desc, id desc limit 1
  ) r on true
  left join run_queue q on q.run_id = r.id`;

function conditionsOf(input: Input): Prisma.Sql[] {
  const conditions = [Prisma.sql`w.workspace_id = current_workspace_id() and w.kind <> 'module'`];
  const add = (isWanted: boolean, condition: () => Prisma.Sql) => void (isWanted && conditions.push(condition()));
  if (input.deleted === true) conditions.push(Prisma.sql`w.deleted_at is not null`);
  else conditions.push(Prisma.sql`w.deleted_at is null`, input.archived ? Prisma.sql`w.archived_at is not null` : Prisma.sql`w.archived_at is null`);
  add(Boolean(input.search), () => Prisma.sql`w.id in (select search_workflows(${wordsOf(input.search ?? "").map(patternOf)}))`);
  add(input.favorites === true, () => Prisma.sql`f.item_id is not null`);
  add(input.ids !== undefined, () => Prisma.sql`w.id = any(${input.ids}::uuid[])`);
  add(input.folderId !== undefined, () => inFolder(input.folderId!));
  for (const tagId of new Set(input.tagIds)) {
    conditions.push(Prisma.sql`exists (select from tag_link l where l.workspace_id = w.workspace_id and l.item_type = 'workflow' and l.item_id = w.id and l.tag_id = ${tagId}::uuid)`);
  }
  add(input.lastRun !== undefined, () => Prisma.sql`coalesce(q.state, r.status, 'never') = any(${input.lastRun})`);
  add(input.state === "unpublished", () => Prisma.sql`w.published_version_id is null`);
  add(input.state === "published", () => Prisma.sql`w.published_version_id is not null`);
  add(input.state === "changed", () => Prisma.sql`exists (select from workflow_version v where v.id = w.published_version_id and v.draft_revision is distinct from w.draft_revision)`);
  return conditions;
}

function inFolder(folderId: string): Prisma.Sql {
  const placed = Prisma.sql`select from folder_item i where i.workspace_id = w.workspace_id and i.item_type = 'workflow' and i.item_id = w.id`;
  if (folderId === "none") return Prisma.sql`not exists (${placed})`;
  return Prisma.sql`exists (${placed} and i.folder_id in (
    with recursive below as (
      select id from folder where id = ${folderId}::uuid and deleted_at is null and workspace_id = current_workspace_id()
      union select c.id from folder c join below on c.parent_id = below.id where c.deleted_at is null
    ) select id from below))`;
}

function patternOf(word: string): string {
  return `%${word.replace(/[\\%_]/g, "\\$&")}%`;
}
