import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { getWorkflowName } from "@/server/workflows/service";
import type { listPresenceInput, Presence, tellPresenceInput } from "./contract";
import { presenceBoard, type PresenceNotice } from "./board";

export { presenceBoard, presenceNoticeSchema } from "./board";

interface Context {
  scope: Scope;
}

/** Whoever may see a workflow may see who else looks at it. */
export async function listPresence({ scope }: Context, { workflowId }: z.output<typeof listPresenceInput>): Promise<Presence[]> {
  await getWorkflowName({ scope }, { workflowId });
  return presenceBoard().read(scope.workspaceId, workflowId);
}

/** Tells all web processes that this page is here, and what it has selected. */
export async function tellPresence({ scope }: Context, { workflowId, page, nodeId, gone }: z.output<typeof tellPresenceInput>) {
  const done = { ok: true as const };
  if (scope.userId === null) return done;
  const { userId, workspaceId } = scope;
  await getWorkflowName({ scope }, { workflowId });
  await scope.db.transaction(async (tx) => {
    const user = await tx.user.findFirst({ where: { id: userId }, select: { name: true, email: true } });
    const notice: PresenceNotice = { workspaceId, workflowId, page, user: { id: userId, name: user?.name ?? user?.email ?? "somebody" }, nodeId, gone };
    await tx.$queryRaw`select pg_notify('millrace_presence', ${JSON.stringify(notice)})::text`;
  });
  return done;
}
