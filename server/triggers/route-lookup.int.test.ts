import { afterAll, expect, it } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { findRoute, LIVE, routeValues } from "./route-endpoint";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

interface Plan {
  "Node Type": string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: Plan[];
}

/** Rows that the statement read of any table. */
function rowsRead(plan: Plan): number {
  const isScan = /^(Seq|Index|Index Only|Bitmap Heap) Scan$/.test(plan["Node Type"]);
  const own = isScan ? (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0) + (plan["Rows Removed by Index Recheck"] ?? 0)) * plan["Actual Loops"] : 0;
  return own + (plan.Plans ?? []).reduce((sum, part) => sum + rowsRead(part), 0);
}

it("reads the same number of rows for an unknown path, whatever the number of routes", async () => {
  const { scope, workflowId } = await TriggerScene.open([]);
  const { slug } = scope.workspace;
  const add = (from: number, to: number) =>
    sharedPool().query(
      `insert into trigger (id, workspace_id, workflow_id, name, kind, config, route_key, updated_at)
       select gen_random_uuid(), $1::uuid, $2::uuid, 'Route', 'route', json_build_object('path', '/things' || g || '/:id', 'auth', json_build_object('type', 'none')), 'GET /things' || g || '/{}', now() from generate_series($3::int, $4::int) g
       union all select gen_random_uuid(), $1::uuid, $2::uuid, 'Global', 'route', json_build_object('path', '/all' || g, 'inWorkspace', false, 'auth', json_build_object('type', 'none')), 'GET //all' || $1::text || g, now() from generate_series($3::int, $4::int) g`,
      [scope.workspaceId, workflowId, from, to],
    );
  const read = async (...path: string[]) => {
    await sharedPool().query("analyze trigger");
    const { rows } = await sharedPool().query<{ "QUERY PLAN": [{ Plan: Plan }] }>(`explain (analyze, format json) ${LIVE}`, routeValues(slug, path));
    return rowsRead(rows[0]!["QUERY PLAN"][0].Plan);
  };
  await add(1, 2_000);
  const few = await read("nothing", "here");
  expect(few).toBeLessThan(50);
  await add(2_001, 6_000);
  expect(await read("nothing", "here")).toBe(few);
  expect(await read("things17", "5", "6")).toBeLessThan(50);
  const found = await findRoute("GET", [slug, "things17", "5"]);
  expect(found).toMatchObject({ match: { params: { id: "5" } } });
  expect(await findRoute("GET", [slug, "things17/5"])).toBeNull();
  expect(await findRoute("GET", [slug, "things17", ""])).toBeNull();
  expect(await findRoute("POST", [slug, "things17", "5"])).toEqual({ allowed: ["GET"] });
});
