import { tellPeople } from "@/server/alerts/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { clientOf } from "@/server/queue/dispatch";
import type { ReviewRow } from "./queries";

interface Person {
  id: string;
  roles: string[];
  mayPublish: boolean;
}

/** Who has a role at the workflow, also in its folder alone; not whoever does it. A custom role counts as a builder's where it may publish. */
async function peopleAt(tx: Tx, { userId }: Scope, workflowId: string): Promise<Person[]> {
  return tx.$queryRaw<Person[]>`
    select r.user_id::text as id, array_agg(distinct coalesce(r.role, case when 'workflow:publish' = any (c.permissions) then 'builder' else 'viewer' end)) as roles,
      bool_or(coalesce(r.role in ('owner', 'admin', 'builder'), false) or coalesce('workflow:publish' = any (c.permissions), false)) as "mayPublish"
    from roles_at(null, ${workflowId}::uuid) r left join custom_role c on c.id = r.custom_role_id
    where r.user_id is distinct from ${userId}::uuid group by r.user_id`;
}

/** Whoever may publish the workflow hears of it; not those who asked. */
export async function tellReviewers(tx: Tx, scope: Scope, { id, workflowId, what, note }: { id: string; workflowId: string; what: string; note: string }): Promise<void> {
  const people = (await peopleAt(tx, scope, workflowId)).filter(({ mayPublish }) => mayPublish);
  const title = `${scope.actor.name} asks for a review of ${what}`;
  await tellPeople(clientOf(tx), { workspaceId: scope.workspaceId, key: `review.requested ${id}`, event: "review.requested", title, text: note, path: `/reviews?review=${id}`, people });
}

const DEEDS: Record<string, string> = { comment: "wrote in the review of", approved: "approved", changes_requested: "asks for changes of", withdrawn: "withdrew the review of" };

/** Whoever asked and whoever has said something hears what another one says, and of a withdrawal all who were asked; without a right to see the workflow any more, nothing. */
export async function tellInvolved(tx: Tx, scope: Scope, review: ReviewRow, { id, kind, text }: { id: string; kind: string; text: string }): Promise<void> {
  const said = await tx.reviewEntry.findMany({ where: { reviewId: review.id }, select: { authorId: true }, distinct: ["authorId"] });
  const involved = new Set([review.requestedById, review.draftAuthorId, ...said.map(({ authorId }) => authorId)]);
  const people = (await peopleAt(tx, scope, review.workflowId)).filter(({ id: personId, mayPublish }) => involved.has(personId) || (kind === "withdrawn" && review.status === "open" && mayPublish));
  const title = `${scope.actor.name} ${DEEDS[kind] ?? "changed"} ${review.environment === null ? review.workflow.name : `version ${review.version?.number ?? 0} of ${review.workflow.name} for ${review.environment.name}`}`;
  await tellPeople(clientOf(tx), { workspaceId: scope.workspaceId, key: `review.${kind} ${id}`, event: `review.${kind}`, title, text, path: `/reviews?review=${review.id}`, people });
}
