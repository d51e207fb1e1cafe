import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, sharedPool } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";

const ITERATIONS = 5_000;
let scope: Scope;
let runId: string;

/** A loop of many iterations with two steps each, one of them a loop itself. */
beforeAll(async () => {
  scope = await makeScope("viewer");
  const owner = await makeScope("owner", scope.workspaceId);
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
  ({ runId } = await service.startInlineRun({ scope: owner }, { definition, input: {} }));
  await sharedPool().query(
    `insert into step_run (run_id, path, workspace_id, node_id, kind, status, seq, started_at, finished_at)
    select $1, path, $2, 'x', 'set', case when path = 'each[4321]' then 'failed' else 'succeeded' end, row_number() over (order by place, path), now(), now()
    from (select 0 as place, 'start' as path union all select 0, 'each'
      union all select n, 'each[' || n || ']' || rest from generate_series(0, $3::int - 1) n, unnest(array['', '/call', '/inner', '/inner[0]', '/inner[1]']) rest) paths`,
    [runId, scope.workspaceId, ITERATIONS],
  );
  await sharedPool().query("insert into run_log (run_id, workspace_id, path, attempt, level, message, at) select $1, $2, 'start', 1, 'info', 'line ' || n || ' of 100%', now() from generate_series(1, 50) n", [runId, scope.workspaceId]);
});
afterAll(closeConnections);

const pathsOf = (steps: readonly { path: string }[]) => steps.map(({ path }) => path).sort();

describe("the outline of a long run", () => {
  it("holds no iteration but figures of them", async () => {
    const { steps, loops, more } = await service.getRun({ scope }, { runId, outline: true });
    expect([pathsOf(steps), more]).toEqual([["each", "start"], false]);
    expect(loops).toEqual([{ path: "each", begun: ITERATIONS, ended: ITERATIONS, failed: 1, firstFailed: 4321 }]);
  });

  it("holds the steps of the iterations that are looked into, and the figures of the loops in them", async () => {
    const { steps, loops } = await service.getSteps({ scope }, { runId, afterSeq: 0, outline: true, within: ["each[3]", "each[30]/inner[1]"] });
    expect(pathsOf(steps)).toEqual(["each", "each[30]/inner[1]", "each[3]", "each[3]/call", "each[3]/inner", "start"]);
    expect(loops.map(({ path, begun }) => [path, begun])).toEqual([["each", ITERATIONS], ["each[3]/inner", 2]]);
    const inside = await service.getSteps({ scope }, { runId, afterSeq: 0, outline: true, within: ["each[3]"], under: "each[3]" });
    expect(pathsOf(inside.steps)).toEqual(["each[3]", "each[3]/call", "each[3]/inner"]);
  });

  it("gives iterations by the page", async () => {
    const { steps } = await service.getIterations({ scope }, { runId, loop: "each", from: 4_900, limit: 200 });
    expect(steps.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, index) => `each[${4_900 + index}]`));
    const stranger = await makeScope("owner");
    await expect(service.getIterations({ scope: stranger }, { runId, loop: "each", from: 0, limit: 1 })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("still gives everything to who asks for everything", async () => {
    const { steps, loops, more } = await service.getSteps({ scope }, { runId, afterSeq: 0 });
    expect([steps.length, loops, more]).toEqual([2_000, [], true]);
  });
});

describe("the log", () => {
  it("is searched by part of a line, whatever its signs", async () => {
    const find = async (text: string) => (await service.getLogs({ scope }, { runId, level: "debug", limit: 100, text })).items.map(({ message }) => message);
    expect(await find("LINE 7 ")).toEqual(["line 7 of 100%"]);
    expect(await find("100%")).toHaveLength(50);
    expect(await find("1__%")).toEqual([]);
  });
});
