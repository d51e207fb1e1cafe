import { afterAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { findEndpointByToken } from "./endpoint";
import { fireSchedules } from "./fire-schedules";
import { TriggerScene } from "./testing/scene";
import { hashToken } from "./token";

afterAll(closeConnections);

describe("triggers of a workspace that is archived or deleted, or whose organization is", () => {
  it.each([["workspace", "archivedAt"], ["workspace", "deletedAt"], ["organization", "archivedAt"], ["organization", "deletedAt"]] as const)("rest (%s, %s) until it is opened again", async (whose, column) => {
    const scene = await TriggerScene.open([
      { id: "clock", kind: "trigger.schedule", config: { timing: { type: "every", seconds: 31_536_000 }, graceSeconds: 86_400 } },
      { id: "hook", kind: "trigger.webhook", config: {} },
    ]);
    const all = await scene.triggers();
    const [id, hookId] = ["schedule", "webhook"].map((kind) => all.find((one) => one.kind === kind)!.id) as [string, string];
    const token = `of ${hookId}`;
    await rawDb().trigger.update({ where: { id: hookId }, data: { tokenHash: hashToken(token) } });
    const isOpen = async () => (await findEndpointByToken(token))?.isOpen;
    const { workspaceId, organizationId } = scene.scope;
    const set = async (value: Date | null) =>
      whose === "workspace" ? void (await rawDb().workspace.update({ where: { id: workspaceId }, data: { [column]: value } })) : void (await rawDb().organization.update({ where: { id: organizationId }, data: { [column]: value } }));
    await sharedPool().query("update trigger set next_fire_at = now() - interval '1 minute' where id = $1", [id]);
    expect(await isOpen()).toBe(true);
    await set(new Date());
    await fireSchedules();
    expect(await scene.events(id)).toEqual([]);
    expect(await isOpen()).toBe(false);
    await set(null);
    await fireSchedules();
    expect(await scene.events(id)).toHaveLength(1);
    expect(await isOpen()).toBe(true);
  });
});
