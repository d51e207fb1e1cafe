import { afterAll, expect, it } from "vitest";
import { openUserScope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { createFolder } from "@/server/organizing/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as service from "./service";

afterAll(closeConnections);

it("tells of the version that a step calls, to whoever may see it", async () => {
  const scope = await makeScope("builder");
  const definition = (output: unknown, outputSchema?: unknown) => ({ schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [], output, ...(outputSchema === undefined ? {} : { outputSchema }) });
  const { id, slug } = await service.createWorkflow({ scope }, { name: "Charge card", description: "", definition: definition({ paid: true }) });
  const of = (workflow: string, version: number | "latest" = "latest", who = scope) => service.findCalledOutput({ scope: who }, { workflow, version });
  expect(await of(slug)).toBeNull();
  await service.publish({ scope }, { workflowId: id, note: "" });
  const schema = { type: "object", properties: { receipt: { type: "string" } } };
  await service.updateDraft({ scope }, { workflowId: id, revision: 1, definition: definition({ receipt: "x" }, schema) });
  await service.publish({ scope }, { workflowId: id, note: "" });
  for (const ref of [id, slug, "Charge card"]) expect(await of(ref)).toEqual({ output: { receipt: "x" }, outputSchema: schema });
  expect(await of(slug, 1)).toEqual({ output: { paid: true }, outputSchema: undefined });
  expect([await of(slug, 3), await of("nothing")]).toEqual([null, null]);
  expect(await of(id, "latest", await makeScope("owner"))).toBeNull();
  const person = await makePerson(scope.organizationId);
  const { id: folderId } = await createFolder({ scope }, { name: "Apart", parentId: null });
  await grantPart(await makeScope("owner", scope.workspaceId), person.id, "builder", { folderId });
  expect(await of(slug, "latest", (await openUserScope(person.id, { id: scope.workspaceId })).for("workflow:read"))).toBeNull();
});
