import { afterAll, expect, it } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { claimDue, CLAIM, hasDueEvents } from "./due-events";
import { createTrigger } from "./service";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

const FILL = `
insert into trigger_event (id, workspace_id, trigger_id, dedupe_key, run_id, due_at)
select gen_random_uuid(), $1, $2, 'n' || g || gen_random_uuid(), gen_random_uuid(), now() - interval '1 hour' + make_interval(secs => g / 100.0) from generate_series(1, $3) g`;

// Each with a trigger like that one.
const NEIGHBOURS = `
with place as (select gen_random_uuid() as id, gen_random_uuid() as workflow_id, g from generate_series(1, $2) g),
spaces as (insert into workspace (id, organization_id, name, slug) select p.id, s.organization_id, 'N', 'n-' || p.id from place p, trigger t join workspace s on s.id = t.workspace_id where t.id = $1 returning id),
flows as (insert into workflow (id, workspace_id, name, slug, draft) select p.workflow_id, p.id, 'N', 'n', '{}' from place p join spaces using (id) returning id)
insert into trigger select n.* from place p join flows f on f.id = p.workflow_id, trigger t
  cross join lateral jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'workspace_id', p.id, 'workflow_id', p.workflow_id)) n where t.id = $1
returning id, workspace_id as "workspaceId"`;

interface Plan {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  Plans?: Plan[];
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
}

/** Pages that one claim looks at, which is taken back. */
async function pagesOfClaim(passedOver: string[]): Promise<number> {
  const plan = await planOfClaim(passedOver);
  return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
}

const eventsIn = (plan: Plan): number => (plan["Relation Name"] === "trigger_event" ? plan["Actual Rows"] * plan["Actual Loops"] : 0) + (plan.Plans ?? []).reduce((sum, one) => sum + eventsIn(one), 0);

async function planOfClaim(passedOver: string[]): Promise<Plan> {
  const client = await sharedPool().connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ "QUERY PLAN": { Plan: Plan }[] }>(`explain (analyze, buffers, format json) ${CLAIM}`, [100, passedOver]);
    return rows[0]!["QUERY PLAN"][0]!.Plan;
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
  // Those are held now: the places are all the other's.
  expect(await claimDue(100, [])).toMatchObject({ places: { length: 100 }, isFull: true });
});

it("reads no more events of many workspaces with a backlog than of few", async () => {
  const { scope, workflowId } = await TriggerScene.open([]);
  const config = { timing: { type: "every", seconds: 3_600 }, timeZone: "UTC", overlap: "skip" };
  const { id } = await createTrigger({ scope }, { workflowId, kind: "schedule", name: "Clock", nodeId: null, versionNumber: null, settings: {}, config });
  await sharedPool().query("delete from trigger_event");
  const { rows: places } = await sharedPool().query<{ id: string; workspaceId: string }>(NEIGHBOURS, [id, 60]);
  for (const place of places) await sharedPool().query(FILL, [place.workspaceId, place.id, 150]);
  await sharedPool().query("analyze trigger_event");
  // One of each workspace, and thrice the hundred: to choose, to lock and to hold them.
  expect(eventsIn(await planOfClaim([]))).toBeLessThan(60 + 500);
  const first = await claimDue(100, []);
  expect(new Set(first.places.map(({ workspaceId }) => workspaceId)).size).toBeGreaterThanOrEqual(50);
  expect([first.places.length, first.isFull]).toEqual([100, true]);
  // Nobody's are forgotten. What was claimed is gone before it could be due again.
  const settle = (claimed: Awaited<ReturnType<typeof claimDue>>["places"]) => sharedPool().query("delete from trigger_event where id = any ($1)", [claimed.map(({ eventId }) => eventId)]);
  await settle(first.places);
  const seen = new Set(first.places.map(({ eventId }) => eventId));
  for (let more = first.isFull; more; ) {
    const { places: next, isFull } = await claimDue(100, []);
    await settle(next);
    for (const { eventId } of next) seen.add(eventId);
    more = isFull;
  }
  expect(seen.size).toBe(60 * 150);
});
