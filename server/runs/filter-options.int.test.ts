import { afterAll, beforeAll, expect, it } from "vitest";
import { openTokenScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { createServiceAccount } from "@/server/programs/service";
import { createToken } from "@/server/tokens/service";
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

it("knows runs that a service account started, by its name", async () => {
  const owner = await makeScope("owner");
  const { id: serviceAccountId } = await createServiceAccount({ scope: owner }, { name: "Deploy", description: "", role: { kind: "role", role: "builder" } });
  const { token } = await createToken({ scope: owner }, { name: "CI", scopes: ["run:start", "workflow:write"], expiresInDays: 30, serviceAccountId });
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
  const { runId } = await service.startInlineRun({ scope: await openTokenScope(token) }, { definition });
  await service.startInlineRun({ scope: owner }, { definition });
  const { people } = await service.filterOptions({ scope: owner }, {});
  expect(people).toEqual([{ id: owner.userId, name: "Test owner", isProgram: false }, { id: serviceAccountId, name: "Deploy", isProgram: true }]);
  const { items } = await service.listRuns({ scope: owner }, { startedById: serviceAccountId, limit: 10 });
  expect(items.map(({ id, startedBy }) => [id, startedBy])).toEqual([[runId, "Deploy"]]);
  expect((await service.getRun({ scope: owner }, { runId })).run.startedBy).toBe("Deploy");
});
