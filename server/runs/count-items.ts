import type { z } from "zod";
import { readBlobText } from "@/server/blobs/service";
import type { Tx } from "@/server/db/scoped";
import { readBlobReference } from "@/server/expressions/decoding";
import type { runCountsInput } from "./contract";

/** A reference to the blob store is shorter than this. */
const REFERENCE_MAX = 200;
/** Values in the blob store are read whole: only a few, and none that is very large. */
const MAX_BLOBS = 10;
const MAX_BLOB_BYTES = 4_000_000;
const MAX_DEPTH = 3;

export interface Counted {
  counts: Record<string, number>;
  /** Not counted yet: for `countBlobs`, once the transaction is over. */
  blobs: readonly { path: string; id: string }[];
}

/**
 * How many items the lists have that steps gave, by path. An output is a list, or holds one: the only one on the outermost
 * level where there is any, else the one that is called `items`. (`listIn` is the same for what lies in the blob store.)
 */
export async function countItems(tx: Tx, { runId, paths }: z.output<typeof runCountsInput>): Promise<Counted> {
  const rows = await tx.$queryRaw<{ path: string; items: number | null; reference: string | null }[]>`
    with latest as materialized (
      select path, output, case when length(output::text) < ${REFERENCE_MAX}::int and output::text like '{"$blob"%' then output::text end as reference from (
        select distinct on (path) path, output from step_run
        where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and path = any(${paths}::text[])
        order by path, attempt desc) newest
      where output is not null),
    level0 as (select path, '' as key, output as value from latest where reference is null),
    level1 as (select path, inner1.key, inner1.value from level0, json_each(case when json_typeof(value) = 'object' then value else '{}' end) inner1 where inner1.key <> 'headers'),
    level2 as (select path, inner2.key, inner2.value from level1, json_each(case when json_typeof(level1.value) = 'object' then level1.value else '{}' end) inner2),
    level3 as (select path, inner3.key, inner3.value from level2, json_each(case when json_typeof(level2.value) = 'object' then level2.value else '{}' end) inner3),
    lists as (
      select path, 0 as depth, key, value from level0 where json_typeof(value) = 'array'
      union all select path, 1, key, value from level1 where json_typeof(value) = 'array'
      union all select path, 2, key, value from level2 where json_typeof(value) = 'array'
      union all select path, 3, key, value from level3 where json_typeof(value) = 'array'),
    outermost as (select path, depth, key, json_array_length(value) as items, min(depth) over (partition by path) as least, count(*) over (partition by path, depth) as beside,
        count(*) filter (where key = 'items') over (partition by path, depth) as named from lists)
    select path, items, null as reference from outermost where depth = least and (beside = 1 or (key = 'items' and named = 1))
    union all select path, null, reference from latest where reference is not null
    order by path`;
  const blobs = rows.flatMap(({ path, reference }) => {
    const blob = reference === null ? null : readBlobReference(reference);
    return blob === null || blob.size > MAX_BLOB_BYTES ? [] : [{ path, id: blob.id }];
  });
  return { counts: Object.fromEntries(rows.flatMap(({ path, items }) => (items === null ? [] : [[path, items]]))), blobs: blobs.slice(0, MAX_BLOBS) };
}

export async function countBlobs(workspaceId: string, { counts, blobs }: Counted): Promise<Record<string, number>> {
  const all = new Map(Object.entries(counts));
  for (const { path, id } of blobs) {
    const text = await readBlobText(workspaceId, id);
    const list = text === null ? null : listIn(JSON.parse(text));
    if (list !== null) all.set(path, list.length);
  }
  return Object.fromEntries(all);
}

function listIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  let level: [string, unknown][] = membersOf(value).filter(([name]) => name !== "headers");
  for (let depth = 1; depth <= MAX_DEPTH; depth++) {
    const lists = level.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
    const named = lists.length === 1 ? lists : lists.filter(([name]) => name === "items");
    if (lists.length > 0) return named.length === 1 ? named[0]![1] : null;
    level = level.flatMap(([, own]) => membersOf(own));
  }
  return null;
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
