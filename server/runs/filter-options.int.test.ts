import { afterAll, beforeAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { makePerson, makeScope } from "@/server/testing/factories";
import * as service from "./service";

let scope: Scope;

beforeAll(async () => {
  scope = await makeScope("owner");
});
afterAll(closeConnections);

it("offers who started runs, also those who have no role there any more", async () => {
  const left = await makePerson(scope.organizationId);
  await makePerson(scope.organizationId);
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
  const { runId } = await service.startInlineRun({ scope }, { definition });
  await rawDb().run.update({ where: { id: runId }, data: { startedById: left.id } });
  const { people } = await service.filterOptions({ scope }, {});
  expect(people.map(({ id }) => id).sort()).toEqual([scope.userId!, left.id].sort());
});
