import { beforeAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";
import { untilEnded, workWhileTesting } from "./testing/worked";

let scope: Scope;

workWhileTesting();
beforeAll(async () => {
  scope = await makeScope("owner");
});

/** How many items steps with these outputs are said to have. */
async function counted(outputs: Record<string, Record<string, unknown>>): Promise<Record<string, number>> {
  const nodes = Object.keys(outputs).map((id) => ({ id, kind: "set", config: { values: `{{ input.${id} }}` } }));
  const { runId } = await service.startInlineRun({ scope }, { input: outputs, definition: { schema: 1, nodes, edges: [] } });
  await untilEnded(scope, runId);
  return service.getCounts({ scope }, { runId, paths: Object.keys(outputs) });
}

const LONG = "x".repeat(300_000);
const OUTPUTS = {
  rows: { rows: [1, 2, 3] },
  http: { status: 200, headers: { "set-cookie": ["a", "b"] }, body: { data: [1, 2] } },
  bare: { status: 200, body: [{ id: 1 }] },
  items: { items: [1, 2, 3, 4], others: ["x"] },
  several: { good: [1], bad: [2], inner: { only: [3] } },
  deep: { a: { b: { c: { d: [1] } } } },
  none: { total: 3, list: null },
  empty: { rows: [] },
  named: { a: { items: [1] }, b: { items: [2, 3] } },
};
const COUNTS = { rows: 3, http: 2, bare: 1, items: 4, empty: 0 };

it("counts the list that an output holds, where there is no doubt which", async () => {
  expect(await counted(OUTPUTS)).toEqual(COUNTS);
});

it("counts the same in values that lie in the blob store", async () => {
  const large = Object.fromEntries(Object.entries(OUTPUTS).map(([id, output]) => [id, { ...output, headers: { text: [LONG] } }]));
  const { http, ...others } = large;
  expect(await counted(others)).toEqual({ rows: 3, bare: 1, items: 4, empty: 0 });
  expect(await counted({ http: http! })).toEqual({ http: 2 });
});
