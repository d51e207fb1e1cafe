import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";

/** Whoever may publish the workflow finds it in their inbox, also by a role in its folder alone; not those who asked. */
export async function tellReviewers(tx: Tx, { workspaceId, userId, actor }: Scope, { id, workflowId, workflowName, note }: { id: string; workflowId: string; workflowName: string; note: string }): Promise<void> {
  const people = await tx.$queryRaw<{ id: string }[]>`
    select distinct r.user_id::text as id from roles_at(null, ${workflowId}::uuid) r join user_account u on u.id = r.user_id and u.disabled_at is null
    left join custom_role c on c.id = r.custom_role_id
    where (r.role in ('owner', 'admin', 'builder') or 'workflow:publish' = any (c.permissions)) and r.user_id is distinct from ${userId}::uuid`;
  if (people.length === 0) return;
  const notificationId = newId();
  await tx.notification.create({
    data: { id: notificationId, workspaceId, key: `review.requested ${id}`, category: "approvals", event: "review.requested", severity: "info", title: `${actor.name} asks for a review of ${workflowName}`, text: note, path: `/reviews?review=${id}` },
  });
  await tx.inboxItem.createMany({ data: people.map((person) => ({ notificationId, workspaceId, userId: person.id })) });
  await tx.$queryRaw`select pg_notify('millrace_alert', ${`${workspaceId}/inbox`})::text`;
}
