import { afterAll, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import { setWorkspaceSettingsInput } from "./contract";
import { setWorkspaceSettings } from "./service";

afterAll(closeConnections);

it("sets time zone and colour of this workspace alone, one without the other", async () => {
  const scope = await makeScope();
  const other = await makeScope();
  await setWorkspaceSettings({ scope }, { timeZone: "Europe/Berlin" });
  await setWorkspaceSettings({ scope }, { color: "#0a7d8c" });
  expect(await rawDb().workspace.findFirst({ where: { id: scope.workspaceId } })).toMatchObject({ timeZone: "Europe/Berlin", color: "#0a7d8c" });
  expect(await rawDb().workspace.findFirst({ where: { id: other.workspaceId } })).toMatchObject({ timeZone: "UTC", color: null });
  expect(await rawDb().auditEvent.findMany({ where: { workspaceId: scope.workspaceId, action: "workspace.settings_changed" }, orderBy: [{ at: "asc" }, { id: "asc" }] })).toMatchObject([{ before: { timeZone: "UTC" }, after: { timeZone: "Europe/Berlin" } }, { after: { color: "#0a7d8c" } }]);
});

it("takes time zones and colours that there are", () => {
  expect(setWorkspaceSettingsInput.safeParse({ timeZone: "Mars/Base" }).success).toBe(false);
  expect(setWorkspaceSettingsInput.safeParse({ color: "red; background: url(x)" }).success).toBe(false);
  expect(setWorkspaceSettingsInput.safeParse({ color: null, timeZone: "Asia/Kathmandu" }).success).toBe(true);
});
