import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { decodePlace, type Place } from "@/server/db/keyset";
import { written } from "@/server/db/planned";
import type { Tx } from "@/server/db/scoped";
import { DEFAULT_LIMIT } from "@/server/paging/contract";
import type { listRunsInput } from "./contract";
import { allConditions, hasTextIndex, orderedConditions, otherConditions, patternOf, statusesOf } from "./run-conditions";
import { wantedFacets } from "./run-facets";
import { selectRuns } from "./run-list";
import type { RunRow } from "./views";

type Input = Omit<z.output<typeof listRunsInput>, "limit"> & { limit: number };

/** So many of the newest runs are looked at one by one; beyond them, search rows lead to what fits. Looking into values costs more. */
const WALKED_RUNS = 5_000;
const WALKED_RUNS_BY_TEXT = 3_000;
/** Without an index of texts: how far one question looks. */
const SCANNED_RUNS_BY_TEXT = 20_000;
/** Children of one run are found by an index of their own. */
const ALL_CHILDREN = 1_000_000;
const END_OF_TIME: Place = { at: new Date(Date.UTC(9999, 0)), id: "ffffffff-ffff-ffff-ffff-ffffffffffff" };

export interface FoundRuns {
  rows: RunRow[];
  /** Where the look had to stop although there may be more, when that was not at the last of the rows. */
  stoppedAt: Place | null;
}

/** One more than the limit, newest first. */
export async function findRuns(tx: Tx, workspaceId: string, input: Input): Promise<FoundRuns> {
  const before = decodePlace(input.cursor);
  const wanted = input.limit + 1;
  const isByText = patternOf(input) !== null;
  const isIndexed = !isByText || (await hasTextIndex(tx));
  const walked = input.parentRunId !== undefined ? ALL_CHILDREN : !isIndexed ? SCANNED_RUNS_BY_TEXT : isByText ? WALKED_RUNS_BY_TEXT : WALKED_RUNS;
  const ordered = Prisma.join([...orderedConditions(workspaceId, input), ...beforeCondition(before)], " and ");
  const newest = await walk(tx, ordered, input, walked, wanted);
  if (newest.length >= wanted) return { rows: newest, stoppedAt: null };
  const border = await borderOfWalk(tx, ordered, walked);
  if (border === null) return { rows: newest, stoppedAt: null };
  if (!isIndexed) return { rows: newest, stoppedAt: border };
  const ids = await idsBefore(tx, workspaceId, input, border, wanted - newest.length);
  const older = ids.length === 0 ? [] : await selectRuns(tx, Prisma.sql`(select * from run r where r.id = any(${ids}::uuid[]) and r.workspace_id = ${workspaceId}::uuid)`, ids.length);
  return { rows: [...newest, ...older].slice(0, wanted), stoppedAt: null };
}

function beforeCondition(place: Place | null): Prisma.Sql[] {
  return place === null ? [] : [Prisma.sql`(r.created_at, r.id) < (${place.at}, ${place.id}::uuid)`];
}

const NEWEST_FIRST = Prisma.sql`order by r.created_at desc, r.id desc`;

function walk(tx: Tx, ordered: Prisma.Sql, input: Input, walked: number, wanted: number): Promise<RunRow[]> {
  const others = [...otherConditions(input)];
  const newest = Prisma.sql`select * from run r where ${ordered} ${NEWEST_FIRST}`;
  if (others.length === 0) return selectRuns(tx, Prisma.sql`(${newest} limit ${written(wanted)})`, wanted, isPlain(input));
  return selectRuns(tx, Prisma.sql`(select * from (${newest} limit ${walked}) r where ${Prisma.join(others, " and ")} limit ${wanted})`, wanted);
}

/** The list as it opens: one text, whose plan fits any workspace. What filters ask for may be rare or common, and is planned by that. */
function isPlain({ limit, ...filter }: Input): boolean {
  return limit === DEFAULT_LIMIT && Object.entries(filter).every(([, value]) => value === undefined);
}

/** The last run that was looked at; null: there were no more. */
async function borderOfWalk(tx: Tx, ordered: Prisma.Sql, walked: number): Promise<Place | null> {
  const [row] = await tx.$queryRaw<Place[]>`select r.created_at as at, r.id from run r where ${ordered} ${NEWEST_FIRST} offset ${walked - 1} limit 1`;
  return row ?? null;
}

interface Candidate {
  id: string;
  at: Date;
}

async function idsBefore(tx: Tx, workspaceId: string, input: Input, border: Place, wanted: number): Promise<string[]> {
  const statuses = statusesOf(input);
  const conditions = Prisma.sql`${allConditions(workspaceId, input)} and (r.created_at, r.id) < (${border.at}, ${border.id}::uuid) ${NEWEST_FIRST} limit ${wanted}`;
  const found: Candidate[] = [];
  if (statuses === null || statuses.ended.length > 0) {
    found.push(...(await searched(tx, input, border, wanted)));
    // Runs whose search row is not written yet.
    found.push(...(await tx.$queryRaw<Candidate[]>`select r.id, r.created_at as at from run r where r.id in (select run_id from run_change where workspace_id = ${workspaceId}::uuid) and ${conditions}`));
  }
  if (statuses !== null && statuses.live.length > 0) {
    found.push(...(await tx.$queryRaw<Candidate[]>`
      select r.id, r.created_at as at from run r
      where r.id in (select run_id from run_queue where workspace_id = ${workspaceId}::uuid and state in (${Prisma.join(statuses.live)})) and ${conditions}`));
  }
  const unique = [...new Map(found.map((one) => [one.id, one])).values()];
  unique.sort((one, other) => other.at.getTime() - one.at.getTime() || (one.id < other.id ? 1 : -1));
  return unique.slice(0, wanted).map(({ id }) => id);
}

/** By search rows: exact for all that has been indexed, since nothing of an ended run changes. */
export function searched(tx: Tx, input: Omit<Input, "limit" | "cursor">, border: Place = END_OF_TIME, wanted: number): Promise<Candidate[]> {
  const { minDurationMs = null, maxDurationMs = null, to } = input;
  const end = to === undefined ? border.at : new Date(Math.min(border.at.getTime(), Date.parse(to)));
  const endId = end.getTime() === border.at.getTime() ? border.id : "00000000-0000-0000-0000-000000000000";
  return tx.$queryRaw<Candidate[]>`
    select run_id as id, created_at as at
    from search_runs(${JSON.stringify(wantedFacets(input))}::jsonb, ${patternOf(input)}, ${minDurationMs}::bigint, ${maxDurationMs}::bigint,
      ${new Date(input.from ?? 0)}::timestamptz, ${end}::timestamptz, ${endId}::uuid, ${wanted}::int)`;
}
