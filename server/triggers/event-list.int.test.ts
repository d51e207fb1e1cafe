import { afterAll, expect, it } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { encodePlace } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { findEvents } from "./queries";
import { createTrigger } from "./service";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

const COUNT = 20_000;
/** A page, and what is looked at beside it. */
const FEW = 150;

const FILL = `
insert into trigger_event (id, workspace_id, trigger_id, dedupe_key, run_id, status, received_at, processed_at)
select gen_random_uuid(), $1, $2, 'n' || g, gen_random_uuid(), 'started', now() - make_interval(secs => g), now() from generate_series(1, ${COUNT}) g`;

/** Entries of indexes and rows of the table that this transaction has read so far. */
async function read(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ read: number }[]>`
    select (pg_stat_get_xact_tuples_returned('trigger_event'::regclass)
      + (select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index where indrelid = 'trigger_event'::regclass))::float8 as read`;
  return row!.read;
}

it("reads no more of many events than it shows, on the first page and deep in the list", async () => {
  const { scope, workflowId } = await TriggerScene.open([]);
  const { id: triggerId } = await createTrigger({ scope }, { workflowId, kind: "webhook", name: "In", nodeId: null, versionNumber: null, settings: {}, config: {} });
  await sharedPool().query(FILL, [scope.workspaceId, triggerId]);
  const { rows } = await sharedPool().query<{ id: string; at: Date }>("select id, received_at as at from trigger_event where trigger_id = $1 order by received_at desc, id desc offset $2 limit 1", [triggerId, COUNT / 2]);
  const page = (cursor: string | undefined) =>
    scope.db.transaction(async (tx) => {
      const before = await read(tx);
      const events = await findEvents(tx, { triggerId, limit: 50, cursor });
      return { events, read: (await read(tx)) - before };
    });
  await sharedPool().query("analyze trigger_event");
  for (const cursor of [undefined, encodePlace(rows[0]!)]) {
    const { events, read: entries } = await page(cursor);
    expect(events).toHaveLength(51);
    if (cursor !== undefined) expect(events[0]!.receivedAt.getTime()).toBeLessThan(rows[0]!.at.getTime() + 1);
    expect([cursor, entries < FEW, entries]).toEqual([cursor, true, entries]);
  }
});
