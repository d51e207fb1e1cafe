import { afterAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { startInlineRun } from "@/server/runs/service";
import { makeScope } from "@/server/testing/factories";
import * as alerts from "./service";

afterAll(closeConnections);

async function tell({ workspaceId, userId }: Scope, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await rawDb().notification.createMany({ data: ids.map((id) => ({ id, workspaceId, key: id, category: "alerts", event: "test", severity: "info", title: "Told" })) });
  await rawDb().inboxItem.createMany({ data: ids.map((notificationId) => ({ notificationId, workspaceId, userId: userId! })) });
  return ids;
}

it("an inbox that was marked as read is brought back as it was, however much it holds", async () => {
  const scope = await makeScope("viewer");
  const other = await makeScope("viewer", scope.workspaceId);
  await tell(other, 2);
  const [readBefore] = await tell(scope, 1);
  await alerts.markRead({ scope }, { ids: [readBefore!], read: true });
  const [touched] = await tell(scope, 230);
  const { count, at } = await alerts.markRead({ scope }, { read: true });
  expect(count).toBe(230);
  expect(await alerts.countUnread({ scope })).toEqual({ count: 0 });
  // What was marked again by itself meanwhile is no part of it any more.
  await rawDb().inboxItem.updateMany({ where: { notificationId: touched! }, data: { readAt: new Date(Date.parse(at!) + 1) } });
  await alerts.markRead({ scope: other }, { read: true });
  expect(await alerts.markRead({ scope }, { read: false, at: at! })).toEqual({ count: 229, at: null });
  const read = await rawDb().inboxItem.findMany({ where: { userId: scope.userId!, readAt: { not: null } }, select: { notificationId: true } });
  expect(read.map(({ notificationId }) => notificationId).sort()).toEqual([readBefore, touched].sort());
  expect(await alerts.countUnread({ scope: other })).toEqual({ count: 0 });
});

it("counts as marked what was unread, and not approvals that were answered", async () => {
  const scope = await makeScope("viewer");
  const ids = await tell(scope, 3);
  const { runId } = await startInlineRun({ scope: await makeScope("owner", scope.workspaceId) }, { definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] } });
  const waitId = newId();
  await rawDb().wait.create({ data: { id: waitId, workspaceId: scope.workspaceId, runId, path: "ask", attempt: 1, nodeId: "ask", kind: "approval", status: "answered", closedAt: new Date() } });
  await rawDb().notification.update({ where: { id: ids[0]! }, data: { category: "approvals", waitId } });
  expect(await alerts.countUnread({ scope })).toEqual({ count: 2 });
  expect(await alerts.markRead({ scope }, { read: true })).toMatchObject({ count: 2 });
  expect(await alerts.countUnread({ scope })).toEqual({ count: 0 });
});
