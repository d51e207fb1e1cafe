import { afterAll, expect, it } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { claimDue, CLAIM, hasDueEvents } from "./due-events";
import { createTrigger } from "./service";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

const FILL = `
insert into trigger_event (id, workspace_id, trigger_id, dedupe_key, run_id, due_at)
select gen_random_uuid(), $1, $2, 'n' || g || gen_random_uuid(), gen_random_uuid(), now() - interval '1 hour' + make_interval(secs => g / 100.0) from generate_series(1, $3) g`;

interface Plan {
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
}

/** Pages that one claim looks at, which is taken back. */
async function pagesOfClaim(passedOver: string[]): Promise<number> {
  const client = await sharedPool().connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ "QUERY PLAN": { Plan: Plan }[] }>(`explain (analyze, buffers, format json) ${CLAIM}`, [100, passedOver]);
    const plan = rows[0]!["QUERY PLAN"][0]!.Plan;
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  } finally {
    await client.query("rollback");
    client.release();
  }
}

it("costs the same however many events of a workspace wait that has its share", async () => {
  const scenes = [await TriggerScene.open([]), await TriggerScene.open([])];
  const [flood, other] = await Promise.all(scenes.map(async ({ scope, workflowId }) => {
    const { id } = await createTrigger({ scope }, { workflowId, kind: "webhook", name: "In", nodeId: null, versionNumber: null, settings: {}, config: {} });
    return { id, workspaceId: scope.workspaceId };
  }));
  expect(await hasDueEvents()).toBe(false);
  await sharedPool().query(FILL, [flood!.workspaceId, flood!.id, 1_000]);
  await sharedPool().query(FILL, [other!.workspaceId, other!.id, 5]);
  await sharedPool().query("analyze trigger_event");
  const [few, fewPast] = [await pagesOfClaim([]), await pagesOfClaim([flood!.workspaceId])];
  await sharedPool().query(FILL, [flood!.workspaceId, flood!.id, 20_000]);
  await sharedPool().query("analyze trigger_event");
  expect(await pagesOfClaim([])).toBeLessThan(few * 2);
  expect(await pagesOfClaim([flood!.workspaceId])).toBeLessThan(fewPast * 2);
  expect(await hasDueEvents()).toBe(true);
  const { places, isFull } = await claimDue(100, [flood!.workspaceId]);
  expect([new Set(places.map(({ workspaceId }) => workspaceId)), places.length, isFull]).toEqual([new Set([other!.workspaceId]), 5, false]);
  expect(await claimDue(100, [])).toMatchObject({ places: { length: 100 }, isFull: true });
});
