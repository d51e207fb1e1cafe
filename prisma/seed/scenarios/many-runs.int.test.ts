import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { closeConnections } from "@/server/db/client";
import { listRunsInput } from "@/server/runs/contract";
import * as runs from "@/server/runs/service";
import { followRuns } from "@/server/facts/service";
import { makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import { manyRuns } from "./many-runs";

afterAll(closeConnections);

it("makes runs that pages open and searches find, as often as it is asked to", async () => {
  const scope = await makeScope("owner");
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Orders", description: "" });
  await workflows.publish({ scope }, { workflowId, note: "" });
  for (let turn = 1; turn <= 2; turn += 1) expect(await manyRuns.make(scope)).toBe(`/${scope.workspace.slug}/runs`);
  while ((await followRuns()) > 0);
  const { items } = await runs.listRuns({ scope }, listRunsInput.parse({ text: "4999" }));
  expect(items).toHaveLength(2);
  for (const { id } of items) {
    expect(z.uuid().safeParse(id).success).toBe(true);
    expect((await runs.getRun({ scope }, { runId: id })).run.id).toBe(id);
  }
});
