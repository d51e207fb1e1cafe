import { afterAll, beforeAll, expect, it } from "vitest";
import type { z } from "zod";
import { openTokenScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { createServiceAccount } from "@/server/programs/service";
import { createToken } from "@/server/tokens/service";
import { makeMember, makePerson, makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import { listStartersInput, listVersionChoicesInput } from "./contract";
import * as service from "@/server/runs/service";
import * as choices from "./service";

let scope: Scope;

beforeAll(async () => {
  scope = await makeScope("owner");
});
afterAll(closeConnections);

const starters = async (of: Scope, input: z.input<typeof listStartersInput> = {}) => (await choices.listStarters({ scope: of }, listStartersInput.parse(input))).items;

it("offers who started runs, also those who have no role there any more", async () => {
  const left = await makePerson(scope.organizationId);
  await makePerson(scope.organizationId);
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
  const { runId } = await service.startInlineRun({ scope }, { definition });
  await rawDb().run.update({ where: { id: runId }, data: { startedById: left.id } });
  const people = await starters(scope);
  expect(people.map(({ id }) => id).sort()).toEqual([scope.userId!, left.id].sort());
});

it("knows runs that a service account started, by its name", async () => {
  const owner = await makeScope("owner");
  const { id: serviceAccountId } = await createServiceAccount({ scope: owner }, { name: "Deploy", description: "", role: { kind: "role", role: "builder" } });
  const { token } = await createToken({ scope: owner }, { name: "CI", scopes: ["run:start", "workflow:write"], expiresInDays: 30, serviceAccountId });
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
  const { runId } = await service.startInlineRun({ scope: await openTokenScope(token) }, { definition });
  await service.startInlineRun({ scope: owner }, { definition });
  const people = await starters(owner);
  expect(people).toEqual([{ id: owner.userId, name: "Test owner", isProgram: false }, { id: serviceAccountId, name: "Deploy", isProgram: true }]);
  const { items } = await service.listRuns({ scope: owner }, { startedById: serviceAccountId, limit: 10 });
  expect(items.map(({ id, startedBy }) => [id, startedBy])).toEqual([[runId, "Deploy"]]);
  expect((await service.getRun({ scope: owner }, { runId })).run.startedBy).toBe("Deploy");
});

it("finds people by name and address, page by page, and one by the id", async () => {
  const owner = await makeScope("owner");
  const names = ["Anna Berg", "anna Cole", "Bert Anderson", "Ümit Öz"];
  const made = [];
  for (const name of names) {
    const { id } = await makeMember(owner.workspaceId, "operator");
    await rawDb().user.update({ where: { id }, data: { name } });
    made.push({ id, name });
  }
  expect((await starters(owner, { search: "AN" })).map(({ name }) => name)).toEqual(["Anna Berg", "anna Cole", "Bert Anderson"]);
  expect((await starters(owner, { id: made[2]!.id })).map(({ name }) => name)).toEqual(["Bert Anderson"]);
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await choices.listStarters({ scope: owner }, listStartersInput.parse({ limit: 2, ...(cursor === undefined ? {} : { cursor }) }));
    seen.push(...page.items.map(({ name }) => name));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(seen.filter((name) => names.includes(name))).toHaveLength(names.length);
  expect(new Set(seen).size).toBe(seen.length);
});

it("finds versions by how their number begins, the newest first, of this workspace alone", async () => {
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Versions", description: "" });
  const ids: string[] = [];
  for (let n = 0; n < 12; n++) {
    const { revision, definition } = await workflows.getWorkflow({ scope }, { workflowId });
    await workflows.updateDraft({ scope }, { workflowId, revision, definition: { ...definition, output: n } });
    ids.push((await workflows.publish({ scope }, { workflowId, note: "" })).id);
  }
  const numbers = async (input: object, of = scope) => (await choices.listVersionChoices({ scope: of }, listVersionChoicesInput.parse({ workflowId, ...input }))).items.map(({ number }) => number);
  expect(await numbers({ search: "1" })).toEqual([12, 11, 10, 1]);
  expect(await numbers({ id: ids[4] })).toEqual([5]);
  const page = await choices.listVersionChoices({ scope }, listVersionChoicesInput.parse({ workflowId, limit: 8 }));
  expect(page.nextCursor).toBe("5");
  expect(await numbers({ cursor: "5" })).toEqual([4, 3, 2, 1]);
  await expect(numbers({}, await makeScope("owner"))).rejects.toMatchObject({ kind: "not_found" });
});
