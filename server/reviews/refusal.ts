import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { ReviewRow } from "./queries";

/** Why somebody may not decide; null: they may. Another person than who asked and who wrote, in person: no token of anybody. */
export function refusalFor(scope: Scope, mayPublish: boolean, { status, requestedById, draftAuthorId, environment }: Omit<ReviewRow, "definition">, isStale: boolean): string | null {
  const { userId, actor } = scope;
  if (status !== "open") return "This does not wait for a decision any more.";
  if (isStale && environment !== null) return `${environment.name} has another version since. Ask for a new review of what would change now.`;
  if (isStale) return "The draft has changed since. Ask for a new review of what it is now.";
  if (actor.type !== "user" || userId === null) return "Only people decide, signed in.";
  if (userId === requestedById) return "You have asked for this review: somebody else decides.";
  if (userId === draftAuthorId) return `You have ${environment === null ? "saved this draft" : "published this version"}: somebody else decides.`;
  if (!mayPublish) return "Your role may not publish.";
  return null;
}

/** Whether the person may do something to a workflow, wherever their right to it comes from. */
export async function mayTo(scope: Scope, permission: Permission, workflowId: string): Promise<boolean> {
  const reach = scope.reach(permission);
  return reach !== null && (await reach.db.transaction((tx) => tx.workflow.count({ where: { id: workflowId } }))) > 0;
}
