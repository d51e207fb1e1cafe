import { afterAll, expect, it } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { findRoute, LIVE, RETIRED, routeValues } from "./route-endpoint";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

interface Plan {
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
}

it("reads no more pages for an unknown path, whatever the number of routes", async () => {
  const { scope, workflowId } = await TriggerScene.open([]);
  const { slug } = scope.workspace;
  const add = (from: number, to: number) =>
    sharedPool().query(
      `insert into trigger (id, workspace_id, workflow_id, name, kind, config, route_key, updated_at)
       select gen_random_uuid(), $1::uuid, $2::uuid, 'Route', 'route', json_build_object('path', '/things' || g || '/:id', 'auth', json_build_object('type', 'none')), 'GET /things' || g || '/{}', now() from generate_series($3::int, $4::int) g
       union all select gen_random_uuid(), $1::uuid, $2::uuid, 'Global', 'route', json_build_object('path', '/all' || g, 'inWorkspace', false, 'auth', json_build_object('type', 'none')), 'GET //all' || $1::text || g, now() from generate_series($3::int, $4::int) g`,
      [scope.workspaceId, workflowId, from, to],
    );
  // Pages of tables and indexes that a look-up reads; the second time, when the catalogue is known.
  const read = async (statement: string, ...path: string[]) => {
    const explain = () => sharedPool().query<{ "QUERY PLAN": [{ Plan: Plan }] }>(`explain (analyze, buffers, format json) ${statement}`, routeValues(slug, path));
    await explain();
    const { Plan: plan } = (await explain()).rows[0]!["QUERY PLAN"][0];
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  };
  await add(1, 8_000);
  await sharedPool().query("vacuum analyze trigger");
  for (const statement of [LIVE, RETIRED]) {
    expect(await read(statement, "nothing", "here")).toBeLessThan(60);
    expect(await read(statement, "things17", "5", "6")).toBeLessThan(60);
  }
  // Those that are gone are as many.
  await sharedPool().query("update trigger set retired_at = now(), declared = true, node_id = id::text");
  await add(8_001, 16_000);
  await sharedPool().query("vacuum analyze trigger");
  for (const statement of [LIVE, RETIRED]) {
    expect(await read(statement, "nothing", "here")).toBeLessThan(60);
    expect(await read(statement, "things17", "5", "6")).toBeLessThan(60);
  }
  const found = await findRoute("GET", [slug, "things8017", "5"]);
  expect(found).toMatchObject({ match: { params: { id: "5" } } });
  expect(await findRoute("GET", [slug, "things8017/5"])).toBeNull();
  expect(await findRoute("GET", [slug, "things8017", ""])).toBeNull();
  expect(await findRoute("POST", [slug, "things8017", "5"])).toEqual({ allowed: ["GET"] });
});
