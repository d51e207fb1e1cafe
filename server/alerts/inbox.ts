import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import { decodePlace, pageFrom } from "@/server/db/keyset";
import type { Page } from "@/server/paging/contract";
import { tellAlertsChanged } from "./alert-notices";
import type { InboxItemView, listInboxInput, markedSchema, markReadInput } from "./contract";

interface Context {
  scope: Scope;
}

interface Row extends Omit<InboxItemView, "at"> {
  at: Date;
}

// What was asked for and has been answered, by whomever, is read.
const IS_READ = Prisma.sql`(i.read_at is not null or exists (select from wait w where w.id = n.wait_id and n.category = 'approvals' and w.status <> 'open'))`;

/** The newest first; empty for programs. */
export async function listInbox({ scope }: Context, { cursor, limit, unread }: z.output<typeof listInboxInput>): Promise<Page<InboxItemView>> {
  if (scope.userId === null) return { items: [], nextCursor: null };
  const place = decodePlace(cursor);
  const beyond = place === null ? Prisma.sql`true` : Prisma.sql`(i.created_at, i.notification_id) < (${place.at}, ${place.id}::uuid)`;
  const rows = await scope.db.$queryRaw<Row[]>`
    select n.id, n.category, n.event, n.severity, n.title, n.text, n.path, i.created_at as at, ${IS_READ} as "isRead"
    from inbox_item i join notification n on n.id = i.notification_id
    where i.user_id = ${scope.userId}::uuid and i.workspace_id = ${scope.workspaceId}::uuid and ${beyond} and ${unread ? Prisma.sql`not ${IS_READ}` : Prisma.sql`true`}
    order by i.created_at desc, i.notification_id desc limit ${limit + 1}`;
  return pageFrom(rows, limit, ({ at, id }) => ({ at, id }), ({ at, ...row }) => ({ ...row, at: at.toISOString() }));
}

export async function countUnread({ scope }: Context): Promise<{ count: number }> {
  if (scope.userId === null) return { count: 0 };
  const rows = await scope.db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from inbox_item i join notification n on n.id = i.notification_id
    where i.user_id = ${scope.userId}::uuid and i.workspace_id = ${scope.workspaceId}::uuid and i.read_at is null and not ${IS_READ}`;
  return { count: rows[0]?.count ?? 0 };
}

/** One's own only. */
export async function markRead({ scope }: Context, { ids, read, at }: z.output<typeof markReadInput>): Promise<z.output<typeof markedSchema>> {
  if (scope.userId === null) return { count: 0, at: null };
  const now = new Date();
  const count = read ? await markUnread(scope, scope.userId, ids, now) : await unmark(scope, scope.userId, ids, at);
  if (count > 0) tellAlertsChanged(scope.workspaceId);
  return { count, at: read ? now.toISOString() : null };
}

/** What is read already, as an approval is that was answered, is left as it is. */
async function markUnread(scope: Scope, userId: string, ids: readonly string[] | undefined, now: Date): Promise<number> {
  const rows = await scope.db.$queryRaw<{ count: number }[]>`
    with marked as (
      update inbox_item i set read_at = ${now} from notification n
      where n.id = i.notification_id and i.user_id = ${userId}::uuid and i.workspace_id = ${scope.workspaceId}::uuid and not ${IS_READ}
        and ${ids === undefined ? Prisma.sql`true` : Prisma.sql`i.notification_id = any(${ids}::uuid[])`}
      returning 1)
    select count(*)::int as count from marked`;
  return rows[0]?.count ?? 0;
}

async function unmark(scope: Scope, userId: string, ids: readonly string[] | undefined, at: string | undefined): Promise<number> {
  const where = { userId, ...(ids === undefined ? {} : { notificationId: { in: [...ids] } }), readAt: at === undefined ? { not: null } : new Date(at) };
  return (await scope.db.inboxItem.updateMany({ where, data: { readAt: null } })).count;
}
