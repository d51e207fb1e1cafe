import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as organizing from "@/server/organizing/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as workflows from "./service";

let scope: Scope;
beforeAll(async () => {
  scope = await makeScope("builder");
});
afterAll(closeConnections);

async function make(name: string): Promise<{ id: string; slug: string; name: string }> {
  const { id, slug } = await workflows.createWorkflow({ scope }, { name, description: "" });
  await workflows.publish({ scope }, { workflowId: id, note: "" });
  return { id, slug, name };
}
const called = async (ref: string) => (await workflows.resolveWorkflow(scope.workspaceId, ref, "latest"))?.workflowId;
const rename = ({ id }: { id: string }, name: string) => workflows.renameWorkflow({ scope }, { workflowId: id, name });

async function publishCalls({ id: workflowId }: { id: string }, refs: readonly string[]): Promise<void> {
  const steps = refs.map((workflow, index) => ({ id: `call${index}`, kind: "subworkflow", config: { workflow } }));
  const { revision } = await workflows.getWorkflow({ scope }, { workflowId });
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, ...steps], edges: steps.map(({ id }) => ({ from: "start", to: id })) };
  await workflows.updateDraft({ scope }, { workflowId, definition, revision });
  await workflows.publish({ scope }, { workflowId, note: "" });
}

describe("attack: a workflow slipped in where another is called", () => {
  it("takes no call over by a name, whether older, renamed or new, nor while the other is archived", async () => {
    const older = await make(`Older ${newId()}`);
    const target = await make(`Charge card ${newId()}`);
    const second = await make(`Second ${newId()}`);
    await rename(older, target.slug);
    expect(await called(target.slug)).toBe(target.id);
    await rename(older, target.name);
    const newer = await make(target.name);
    expect([await called(target.name), await called(target.slug), await called(target.id.toUpperCase()), await called(newer.slug)]).toEqual([target.id, target.id, target.id, newer.id]);
    await rename(second, target.id);
    expect(await called(target.id)).toBe(target.id);
    await workflows.archiveWorkflow({ scope }, { workflowId: target.id });
    expect([await called(target.name), await called(target.slug), await called(target.id)]).toEqual([undefined, undefined, undefined]);
    await workflows.restoreWorkflow({ scope }, { workflowId: target.id });
    // Whoever leaves the name leaves its calls to who has had it next.
    await rename(target, `Other ${newId()}`);
    expect(await called(target.name)).toBe(older.id);
  });

  it("takes none over by an id that is nobody's any more, or never was", async () => {
    const [gone, thief] = [await make(`Gone ${newId()}`), await make(`Thief ${newId()}`)];
    await workflows.deleteWorkflow({ scope }, { workflowId: gone.id });
    for (const id of [gone.id, newId()]) {
      await rename(thief, id);
      expect([await called(id), await called(id.toUpperCase())]).toEqual([undefined, undefined]);
    }
  });

  it("is not shown for an id either, and what it is named keeps neither it nor others from being deleted", async () => {
    const [gone, thief, caller] = [await make(`Gone ${newId()}`), await make(`Thief ${newId()}`), await make(`Caller ${newId()}`)];
    await workflows.deleteWorkflow({ scope }, { workflowId: gone.id });
    await rename(thief, gone.id);
    expect(await workflows.findWorkflowNames({ scope }, { refs: [gone.id] })).toEqual([]);
    const [first, second] = [await make(`Alike ${newId()}`), await make("-")];
    await rename(second, first.name);
    expect(await workflows.findWorkflowNames({ scope }, { refs: [first.name] })).toMatchObject([{ id: first.id }]);
    await publishCalls(caller, [gone.id, first.name]);
    // Nobody calls these two, whatever their names say.
    for (const { id } of [thief, second]) await workflows.deleteWorkflow({ scope }, { workflowId: id });
    await expect(workflows.deleteWorkflow({ scope }, { workflowId: first.id })).rejects.toMatchObject({ kind: "in_use", data: { usedBy: [caller.name] } });
  });

  it("gets no calls of published versions because another leaves the name that both have", async () => {
    const [first, caller] = [await make(`Left ${newId()}`), await make(`Caller ${newId()}`)];
    await publishCalls(caller, [first.name]);
    const second = await make(`Second ${newId()}`);
    await rename(second, first.name);
    await expect(rename(first, `Other ${newId()}`)).rejects.toMatchObject({ kind: "in_use", data: { usedBy: [caller.name] } });
    expect(await called(first.name)).toBe(first.id);
    // Nobody calls it so any more, or nobody else is called so.
    await rename(second, `Third ${newId()}`);
    await rename(first, `Other ${newId()}`);
    expect(await called(first.name)).toBeUndefined();
  });

  it("gets none because whoever renames or deletes may see neither who calls nor who is called next", async () => {
    const [first, caller] = [await make(`Seen ${newId()}`), await make(`Payroll ${newId()}`)];
    const admin = await makeScope("admin", scope.workspaceId);
    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: `Part ${newId()}`, parentId: null });
    await organizing.moveItems({ scope: admin }, { itemType: "workflow", itemIds: [first.id], folderId });
    const { id: userId } = await makePerson(scope.organizationId);
    await grantPart(admin, userId, "builder", { folderId });
    const part = (await openUserScope(userId, { id: scope.workspaceId })).for("workflow:write");
    expect((await part.db.workflow.findMany({ select: { id: true } })).map(({ id }) => id)).toEqual([first.id]);
    await publishCalls(caller, [first.name]);
    const refused = { kind: "in_use", data: { usedBy: ["a workflow that you may not change"] } };
    await expect(workflows.deleteWorkflow({ scope: part }, { workflowId: first.id })).rejects.toMatchObject(refused);
    const second = await make(`Second ${newId()}`);
    await rename(second, first.name);
    await expect(workflows.renameWorkflow({ scope: part }, { workflowId: first.id, name: `Other ${newId()}` })).rejects.toMatchObject(refused);
    expect(await called(first.name)).toBe(first.id);
    await publishCalls(first, [first.slug]);
    await expect(rename(first, `Other ${newId()}`)).rejects.toMatchObject({ kind: "in_use", data: { usedBy: [caller.name] } });
  });

  it("takes none over by a short name: a slug is never what another workflow is named", async () => {
    const named = await make(`Some ${newId()}`);
    const wanted = `billing-${newId().slice(-12)}`;
    await rename(named, wanted);
    const thief = await make(wanted.replaceAll("-", " "));
    expect(thief.slug).not.toBe(wanted);
    expect(await called(wanted)).toBe(named.id);
  });

  it("of two that were always named alike, the older is called; one that comes back from the bin is the younger", async () => {
    const [first, second] = [await make("Twice"), await make("Twice")];
    expect(await called("Twice")).toBe(first.id);
    await workflows.deleteWorkflow({ scope }, { workflowId: first.id });
    expect(await called("Twice")).toBe(second.id);
    await workflows.changeMany({ scope }, { workflowIds: [first.id], action: "undelete" });
    expect(await called("Twice")).toBe(second.id);
  });
});
