import { afterAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
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
